package dev.retain.compiler.autodiff;

import dev.retain.compiler.tensor.Operation;
import dev.retain.runtime.program.Inputs;

/**
 * What a program is differentiated by.
 *
 * @param parameters all learned tensors
 * @param constants all tensors that are stored but not learned, such as decays and angles
 * @param inputs what a recurrence by itself is given at each step
 * @param states the states before the block, even if no parameter changes them
 */
public record Wanted(boolean parameters, boolean constants, boolean inputs, boolean states) {
  /** What training needs. */
  public static final Wanted PARAMETERS = new Wanted(true, false, false, false);

  /** What a recurrence is given at each step; states, since that flows through them. */
  public static final Wanted INPUTS = new Wanted(false, false, true, true);

  /** All that can be changed a little. */
  public static final Wanted ALL = new Wanted(true, true, true, true);

  boolean contains(Operation leaf) {
    return switch (leaf) {
      case Operation.Parameter _ -> parameters;
      case Operation.Constant _ -> constants;
      case Operation.Input(String name) -> inputs && name.startsWith(Inputs.OUTSIDE);
      case Operation other -> false;
    };
  }
}
