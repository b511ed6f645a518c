package dev.retain.runtime.engine;

import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Slices;
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
   * @param slice which slice of the positions the steps take
   * @param positions of a slice; 0 if the steps take all
   */
  record Run(int[] steps, int parts, int slice, int positions) {
    /** One of the steps. */
    Run alone(int step) {
      return new Run(new int[] {step}, parts, slice, positions);
    }

    /** How many positions the slice has in blocks of so many steps: none if it is not needed. */
    int positions(int batch, int time) {
      long rest = (long) batch * time - (long) slice * positions;
      return Math.clamp(rest, 0, positions);
    }

    private Run with(int step) {
      int[] more = new int[steps.length + 1];
      System.arraycopy(steps, 0, more, 0, steps.length);
      more[steps.length] = step;
      return new Run(more, parts, slice, positions);
    }

    private boolean isLike(Run other) {
      return parts == other.parts && slice == other.slice && positions == other.positions;
    }
  }

  /** Puts phases together, step by step. */
  private static final class Builder {
    private final List<List<Run>> phases = new ArrayList<>();
    private boolean pending = true;

    private void add(Run step) {
      if (pending) {
        phases.add(new ArrayList<>());
        pending = false;
      }
      List<Run> phase = phases.getLast();
      if (phase.isEmpty() || !phase.getLast().isLike(step)) {
        phase.add(step);
      } else {
        phase.add(phase.removeLast().with(step.steps()[0]));
      }
    }
  }

  /** Whether each worker goes through parts of its own, which are the same in all blocks. */
  boolean isApart() {
    return phases.length == 1 && phases[0].length == 1 && phases[0][0].parts() > 0;
  }

  /**
   * Leaves out the steps that only a new shape needs, unless {@code all}. The barrier of a step
   * left out moves to the next one; a barrier before any work is none.
   *
   * @param from the first step
   * @param to the last one, exclusive; no slices begin before and end after it
   * @param capacity the most steps of a block: slices that a shorter block has none of are there,
   *     too
   */
  static Schedule of(
      FormProgram program, int from, int to, boolean all, int batch, int capacity, int workers) {
    List<StepDescription> steps = program.steps();
    List<Slices> slices =
        new ArrayList<>(
            program.slices().stream().filter(sliced -> sliced.firstStep() >= from).toList());
    Builder builder = new Builder();
    int step = from;
    while (step < to) {
      if (!slices.isEmpty() && slices.getFirst().firstStep() == step) {
        Slices sliced = slices.removeFirst();
        for (int slice = 0; slice < sliced.count(batch, capacity); slice++) {
          for (step = sliced.firstStep(); step <= sliced.lastStep(); step++) {
            builder.pending |= isBarrier(steps.get(step), 0);
            builder.add(new Run(new int[] {step}, 0, slice, sliced.positions()));
          }
        }
      } else {
        StepDescription description = steps.get(step);
        int parts = parts(description, batch, workers);
        builder.pending |= isBarrier(description, parts);
        if (all || !description.onShapeChange()) {
          builder.add(new Run(new int[] {step}, parts, 0, 0));
        }
        step++;
      }
    }
    return new Schedule(
        builder.phases.stream().map(runs -> runs.toArray(Run[]::new)).toArray(Run[][]::new));
  }

  private static boolean isBarrier(StepDescription step, int parts) {
    return switch (step.barrier()) {
      case NONE -> false;
      case BETWEEN_PARTS -> parts == 0;
      case ALWAYS -> true;
    };
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
