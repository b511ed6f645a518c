package dev.retain.runtime.engine;

import dev.retain.runtime.program.StepDescription;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of one kind of run.
 *
 * @param phases for each phase what a worker does in it, one after the other; workers meet between
 *     phases
 */
record Schedule(Run[][] phases) {
  /** Part by part if that leaves workers idle for less than this share of the time. */
  private static final double MOST_IDLE = 1.0 / 8;

  /**
   * Steps that follow each other.
   *
   * @param steps as indices into the program's steps
   * @param parts how many parts there are, of which a worker does its share, each through all
   *     steps; 0 if a worker does its share of each step
   */
  record Run(int[] steps, int parts) {}

  /**
   * Leaves out the steps that only a new shape needs, unless {@code all}. The barrier of a step
   * left out moves to the next one; a barrier before any work is none.
   */
  static Schedule of(List<StepDescription> program, boolean all, int batch, int workers) {
    List<List<Run>> phases = new ArrayList<>();
    boolean pending = true;
    for (int step = 0; step < program.size(); step++) {
      StepDescription description = program.get(step);
      int parts = parts(description, batch, workers);
      pending |= isBarrier(description, parts);
      if (all || !description.onShapeChange()) {
        if (pending) {
          phases.add(new ArrayList<>());
        }
        add(phases.getLast(), step, parts);
        pending = false;
      }
    }
    return new Schedule(
        phases.stream().map(runs -> runs.toArray(Run[]::new)).toArray(Run[][]::new));
  }

  private static boolean isBarrier(StepDescription step, int parts) {
    return switch (step.barrier()) {
      case NONE -> false;
      case BETWEEN_PARTS -> parts == 0;
      case ALWAYS -> true;
    };
  }

  private static void add(List<Run> phase, int step, int parts) {
    if (phase.isEmpty() || phase.getLast().parts() != parts) {
      phase.add(new Run(new int[] {step}, parts));
      return;
    }
    int[] before = phase.removeLast().steps();
    int[] steps = new int[before.length + 1];
    System.arraycopy(before, 0, steps, 0, before.length);
    steps[before.length] = step;
    phase.add(new Run(steps, parts));
  }

  /** The parts of all sequences, if workers are to share out those; else 0. */
  private static int parts(StepDescription step, int batch, int workers) {
    long parts = (long) step.parts() * batch;
    if (parts == 0 || parts > Integer.MAX_VALUE) {
      return 0;
    }
    long rounds = (parts + workers - 1) / workers;
    double idle = 1 - (double) parts / (rounds * workers);
    return idle <= MOST_IDLE ? (int) parts : 0;
  }
}
