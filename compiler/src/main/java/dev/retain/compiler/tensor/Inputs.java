package dev.retain.compiler.tensor;

import java.util.List;

/**
 * What every step of every form is told besides its data: the calling convention for padding,
 * packing and resumption. All but {@link #POSITION} exist only in ragged programs; a dense program
 * is one whose steps are all valid and which never resets.
 */
public final class Inputs {
  /** The token of each step: [batch, time], or [batch] in a program of one step. */
  public static final String TOKEN = "token";

  /** How many valid steps each sequence has made before this block: [batch]. */
  public static final String POSITION = "position";

  /** How many valid steps the block has made up to and including each step: [batch, time]. */
  public static final String CLOCK = "clock";

  /** How many resets the block has made up to and including each step: [batch, time]. */
  public static final String SEGMENT = "segment";

  /** 1 where a step counts, 0 where it is padding and leaves every state as it was: [batch, time]. */
  public static final String VALID = "valid";

  /** The clock after the block's last step: [batch]. */
  public static final String CLOCK_END = "clock_end";

  /** The segment of the block's last step: [batch]. */
  public static final String SEGMENT_END = "segment_end";

  /** All of them that a ragged program may read. */
  public static final List<String> RAGGED =
      List.of(CLOCK, SEGMENT, VALID, CLOCK_END, SEGMENT_END);

  private Inputs() {}
}
