package dev.retain.runtime.engine;

import dev.retain.runtime.program.StepDescription;
import java.util.Arrays;
import java.util.List;

/**
 * The steps of one kind of run, and before which of them the workers meet.
 *
 * @param steps indices into the program's steps
 */
record Schedule(int[] steps, boolean[] barriers) {
  /**
   * Leaves out the steps that only a new shape needs, unless {@code all}. The barrier of a step
   * left out moves to the next one; a barrier before any work is none.
   */
  static Schedule of(List<StepDescription> program, boolean all) {
    int[] chosen = new int[program.size()];
    boolean[] barriers = new boolean[program.size()];
    int count = 0;
    boolean pending = false;
    for (int step = 0; step < program.size(); step++) {
      StepDescription description = program.get(step);
      pending |= description.barrier();
      if (all || !description.onShapeChange()) {
        chosen[count] = step;
        barriers[count] = pending && count > 0;
        count++;
        pending = false;
      }
    }
    return new Schedule(Arrays.copyOf(chosen, count), Arrays.copyOf(barriers, count));
  }
}
