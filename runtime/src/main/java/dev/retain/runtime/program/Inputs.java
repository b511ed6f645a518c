package dev.retain.runtime.program;

import java.util.Set;

/**
 * The names of the inputs of a program. The token is I64; targets, noise, what flows back and what
 * a recurrence by itself reads are of the program's own type; all others are F64. In the recurrent
 * form, which has one step and no time axis, [batch, time] is [batch].
 */
public final class Inputs {
  /** The token of each step: [batch, time]. */
  public static final String TOKEN = "token";

  /** How many valid steps each sequence has made before this block: [batch]. */
  public static final String POSITION = "position";

  /**
   * Valid steps of the block up to and including each step: [batch, time]; ragged programs only.
   */
  public static final String CLOCK = "clock";

  /** Resets in the block up to and including each step: [batch, time]; ragged programs only. */
  public static final String SEGMENT = "segment";

  /** 1 where a step counts, 0 where it is padding: [batch, time]; ragged programs only. */
  public static final String VALID = "valid";

  /** The clock after the last step: [batch]; ragged programs only. */
  public static final String CLOCK_END = "clock_end";

  /** The segment of the last step: [batch]; ragged programs only. */
  public static final String SEGMENT_END = "segment_end";

  /**
   * The length of the blocks that a sequence is cut into, the last one being shorter perhaps: [].
   */
  public static final String CHUNK = "block.chunk";

  /**
   * The token that should come next at each step, or -1: [batch, time]; programs of losses only.
   */
  public static final String TARGET = "target";

  private static final String ADJOINT = "adjoint.";

  /** What flows back to the output: [], the weight of every loss, where that is what comes out. */
  public static final String ADJOINT_OF_OUTPUT = ADJOINT + "output";

  private static final String ADJOINT_OF_STATE = ADJOINT + "state.";

  /** Every name that an input of a model can have. */
  public static final Set<String> ALL =
      Set.of(TOKEN, POSITION, CLOCK, SEGMENT, VALID, CLOCK_END, SEGMENT_END, CHUNK, TARGET);

  /** How the names of inputs begin that a recurrence by itself reads: [batch, time, ...]. */
  public static final String OUTSIDE = "in.";

  /**
   * How the names of inputs begin that dropout reads, before the number of its use; training
   * programs only. Independent numbers from 0 up to but not including 1: [batch, time, ...].
   */
  public static final String NOISE = "noise.";

  /** Whether an input can have that name. */
  public static boolean isName(String name) {
    return ALL.contains(name) || isReal(name);
  }

  /** What flows back to a state after the block: as the state. */
  public static String adjointOf(String state) {
    return ADJOINT_OF_STATE + state;
  }

  /** Whether an input is what flows back into a program that goes back. */
  public static boolean isAdjoint(String name) {
    return name.startsWith(ADJOINT);
  }

  /** Whether an input is what flows back to some state after the block. */
  public static boolean isAdjointOfState(String name) {
    return name.startsWith(ADJOINT_OF_STATE);
  }

  /** Whether the input is of the program's own type. */
  public static boolean isReal(String name) {
    return name.equals(TARGET)
        || name.startsWith(NOISE)
        || isAdjoint(name)
        || name.startsWith(OUTSIDE);
  }

  private Inputs() {}
}
