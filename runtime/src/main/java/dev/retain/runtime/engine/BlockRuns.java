package dev.retain.runtime.engine;

import dev.retain.runtime.program.FormProgram;
import java.util.Optional;

/**
 * Runs a program on all workers, over one block or over many. It keeps what a run is about in
 * fields, since a task that is told of it would take memory.
 */
final class BlockRuns {
  private final FormProgram program;
  private final Engine engine;
  private final Addresses addresses;
  private final StepRunner runner;
  private final StateMemory states;
  private final int batch;
  private final int capacity;
  private final Schedule newShape;
  private final Schedule sameShape;
  private final Schedule newForward;
  private final Schedule sameForward;
  private final Schedule back;
  private final WorkerPool.Task oneBlock = this::workOnBlock;
  private final WorkerPool.Task manyBlocks = this::workOnBlocks;
  private Schedule schedule;

  /** The side that states are read from, by the first block of a run. */
  private int side;

  private int time;
  private int lastTime = -1;

  /** Those of a run over many. */
  private int blocks;

  /** The block that is first, and 1 or -1 for the way from one to the next. */
  private int firstBlock;

  private int way;

  /**
   * @param capacity the most steps of a block
   */
  BlockRuns(
      FormProgram program,
      Engine engine,
      Addresses addresses,
      StepRunner runner,
      StateMemory states,
      int batch,
      int capacity) {
    this.program = program;
    this.engine = engine;
    this.addresses = addresses;
    this.runner = runner;
    this.states = states;
    this.batch = batch;
    this.capacity = capacity;
    int end = program.steps().size();
    int turn = program.firstStepBack();
    this.newShape = schedule(0, end, true);
    this.sameShape = schedule(0, end, false);
    this.newForward = schedule(0, turn, true);
    this.sameForward = schedule(0, turn, false);
    this.back = schedule(turn, end, false);
  }

  private Schedule schedule(int from, int to, boolean all) {
    return Schedule.of(program, from, to, all, batch, capacity, engine.workers());
  }

  /** Steps of the block that was run last. */
  int time() {
    return time;
  }

  /** See {@link BoundProgram#run}. */
  void run(int steps) {
    runOne(steps, steps == lastTime ? sameShape : newShape);
    states.advance();
  }

  /** See {@link BoundProgram#runForward}. */
  void runForward(int steps) {
    runOne(steps, steps == lastTime ? sameForward : newForward);
    states.advance();
  }

  /** See {@link BoundProgram#runBack(int)}. */
  void runBack(int steps) {
    runOne(steps, back);
  }

  private void runOne(int steps, Schedule ofRun) {
    schedule = ofRun;
    run(steps, oneBlock, schedule.phases().length);
  }

  /**
   * See {@link BoundProgram#runOn} and {@link BoundProgram#runBack(int, int)}.
   *
   * @param newWay 1 or -1, from each block to the next
   */
  void runMany(int steps, int count, int newWay) {
    firstBlock = 0;
    if (steps != lastTime) {
      run(steps);
      firstBlock = newWay;
    }
    blocks = count - Math.abs(firstBlock);
    if (blocks == 0) {
      return;
    }
    way = newWay;
    schedule = sameShape;
    run(steps, manyBlocks, schedule.isApart() ? 1 : schedule.phases().length * blocks);
    for (int worker = 0; worker < engine.workers(); worker++) {
      addresses.moveTo(0, worker, batch, steps);
    }
    if (blocks % 2 == 1) {
      states.advance();
    }
  }

  private void run(int steps, WorkerPool.Task task, int phases) {
    if (steps < 1 || steps > capacity) {
      throw new IllegalArgumentException(steps + " steps, of " + capacity);
    }
    time = steps;
    side = states.side();
    // Until it has succeeded: a failure may leave static buffers half filled.
    lastTime = -1;
    runner.begin();
    engine.pool().run(task, phases);
    lastTime = steps;
    runner.end();
  }

  private void workOnBlock(int phase, int worker) {
    work(phase, worker, side);
  }

  private void workOnBlocks(int phase, int worker) {
    if (schedule.isApart()) {
      for (int i = 0; i < blocks; i++) {
        addresses.moveTo(firstBlock + (long) i * way, worker, batch, time);
        work(0, worker, (side + i) % 2);
      }
    } else {
      int phases = schedule.phases().length;
      int i = phase / phases;
      if (phase % phases == 0) {
        addresses.moveTo(firstBlock + (long) i * way, worker, batch, time);
      }
      work(phase % phases, worker, (side + i) % 2);
    }
  }

  private void work(int phase, int worker, int from) {
    int workers = engine.workers();
    for (Schedule.Run run : schedule.phases()[phase]) {
      if (run.parts() == 0) {
        runner.run(run, time, worker, from, worker, workers);
      } else {
        int end = firstPart(run, worker + 1);
        for (int part = firstPart(run, worker); part < end; part++) {
          runner.run(run, time, worker, from, part, run.parts());
        }
      }
    }
  }

  /** The first of the parts that are a worker's. */
  private int firstPart(Schedule.Run run, int worker) {
    return (int) ((long) run.parts() * worker / engine.workers());
  }

  /** See {@link BoundProgram#firstNonFinite}. */
  Optional<String> firstNonFinite(int steps) {
    time = steps;
    lastTime = -1;
    Optional<String> found =
        new NonFiniteSearch(program, addresses, runner, batch, steps)
            .first(newShape, states.side(), engine.workers());
    if (found.isEmpty()) {
      states.advance();
    }
    return found;
  }
}
