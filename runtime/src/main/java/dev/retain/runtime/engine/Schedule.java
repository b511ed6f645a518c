package dev.retain.runtime.engine;

import dev.retain.runtime.program.StepDescription;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of one kind of run.
 *
 * @param phases for each phase its steps, as indices into the program's steps; workers meet between
 *     phases
 */
record Schedule(int[][] phases) {
  /**
   * Leaves out the steps that only a new shape needs, unless {@code all}. The barrier of a step
   * left out moves to the next one; a barrier before any work is none.
   */
  static Schedule of(List<StepDescription> program, boolean all) {
    List<List<Integer>> phases = new ArrayList<>();
    boolean pending = true;
    for (int step = 0; step < program.size(); step++) {
      StepDescription description = program.get(step);
      pending |= description.barrier();
      if (all || !description.onShapeChange()) {
        if (pending) {
          phases.add(new ArrayList<>());
        }
        phases.getLast().add(step);
        pending = false;
      }
    }
    return new Schedule(
        phases.stream()
            .map(steps -> steps.stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new));
  }
}
