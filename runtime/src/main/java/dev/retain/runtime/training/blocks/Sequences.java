package dev.retain.runtime.training.blocks;

import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.StateDescription;
import dev.retain.runtime.training.TrainingBatch;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** A batch of sequences on their way through a model: their states, and what flows back to them. */
final class Sequences implements AutoCloseable {
  private final BlockGradientModel model;
  private final int batch;
  private final StateMemory states;
  private final StateTape tape;
  private final long[] positions;
  private final long[] before;
  private final Arena arena = Arena.ofShared();

  /** In the order of the states. */
  private final NativeTensor[] gradientsOfStates;

  private final Map<String, NativeTensor> stateGradientsByName = new LinkedHashMap<>();
  private final SharedBlocks shared;
  private final KeptBlocks kept;

  Sequences(BlockGradientModel model, int batch) {
    this.model = model;
    this.batch = batch;
    List<StateDescription> carried = model.carried();
    this.states = new StateMemory(carried, model.description().real(), batch);
    this.tape = new StateTape(states);
    this.positions = new long[batch];
    this.before = new long[batch];
    for (StateDescription state : carried) {
      stateGradientsByName.put(
          Gradients.ofState(state.path()),
          NativeTensor.allocate(arena, model.description().real(), state.shapeAfter(batch)));
    }
    this.gradientsOfStates = stateGradientsByName.values().toArray(NativeTensor[]::new);
    this.shared = new SharedBlocks(model, this);
    this.kept = new KeptBlocks(model, this);
  }

  int batch() {
    return batch;
  }

  StateMemory states() {
    return states;
  }

  /** The memory of all this, but for parameters and their gradients. */
  long bytes() {
    long bytes = tape.bytes() + shared.bytes() + kept.bytes();
    for (NativeTensor gradient : gradientsOfStates) {
      // The states are kept twice.
      bytes += 3 * gradient.segment().byteSize();
    }
    return bytes;
  }

  SequencedMap<String, NativeTensor> current() {
    return new LinkedHashMap<>(states.current());
  }

  long[] positions() {
    return positions.clone();
  }

  void reset() {
    states.reset();
    Arrays.fill(positions, 0);
  }

  void restore(Map<String, NativeTensor> stored, long[] made) {
    states.current().forEach((path, tensor) -> tensor.copyFrom(stored.get(path)));
    System.arraycopy(made, 0, positions, 0, batch);
  }

  /** The memory of a gradient, by its name. */
  NativeTensor gradient(String name) {
    NativeTensor ofState = stateGradientsByName.get(name);
    return ofState == null ? model.gradientOf(name) : ofState;
  }

  /** The sum of the losses; the states go on. */
  double loss(TrainingBatch given) {
    int time = given.tokens()[0].length;
    int block = model.block(time);
    double sum = 0;
    for (int start = 0; start < time; start += block) {
      sum += forward(Way.MEASURE, given, start, Math.min(block, time - start), 0);
    }
    return sum;
  }

  /** The same, and adds the gradients. */
  double accumulate(TrainingBatch given, double weight, long seed) {
    int time = given.tokens()[0].length;
    int block = model.block(time);
    int blocks = Math.ceilDiv(time, block);
    model.requireBlocks(blocks);
    System.arraycopy(positions, 0, before, 0, batch);
    tape.require(blocks + 1);
    double sum =
        kept.haveRoom(isRagged(given), block, blocks)
            ? accumulateFromKept(given, blocks, weight, seed)
            : accumulateFromStates(given, blocks, weight, seed);
    tape.restore(blocks);
    setPositions(time);
    return sum;
  }

  /** What blocks make on the way forward is there on the way back. */
  private double accumulateFromKept(TrainingBatch given, int blocks, double weight, long seed) {
    int time = given.tokens()[0].length;
    int block = model.block(time);
    for (int i = 0; i < blocks; i++) {
      tape.keep(i);
      int length = Math.min(block, time - i * block);
      Bound program = kept.of(i, isRagged(given), block);
      write(program, given, i * block, length, weight, seed);
      program.runForward(length);
      advance(length);
    }
    tape.keep(blocks);
    nothingFlowsBack();
    double sum = 0;
    for (int i = blocks - 1; i >= 0; i--) {
      tape.restore(i);
      Bound program = kept.of(i, isRagged(given), block);
      receive(program);
      sum += program.runBack(Math.min(block, time - i * block));
    }
    return sum;
  }

  /** Only the states between blocks are kept, and the way back computes each block again. */
  private double accumulateFromStates(TrainingBatch given, int blocks, double weight, long seed) {
    int time = given.tokens()[0].length;
    int block = model.block(time);
    for (int i = 0; i < blocks - 1; i++) {
      tape.keep(i);
      forward(Way.FORWARD, given, i * block, block, seed);
    }
    tape.keep(blocks - 1);
    nothingFlowsBack();
    double sum = 0;
    for (int i = blocks - 1; i >= 0; i--) {
      int length = Math.min(block, time - i * block);
      tape.restore(i);
      setPositions(i * block);
      Bound program = shared.of(Way.BACK, isRagged(given), length);
      write(program, given, i * block, length, weight, seed);
      receive(program);
      sum += program.run(length);
      if (i == blocks - 1) {
        tape.keep(blocks);
      }
    }
    return sum;
  }

  private double forward(Way way, TrainingBatch given, int start, int length, long seed) {
    Bound program = shared.of(way, isRagged(given), length);
    write(program, given, start, length, 0, seed);
    double sum = program.run(length);
    advance(length);
    return sum;
  }

  private static boolean isRagged(TrainingBatch given) {
    return given.resets().isPresent();
  }

  private void advance(int steps) {
    for (int row = 0; row < batch; row++) {
      positions[row] += steps;
    }
  }

  private void nothingFlowsBack() {
    for (NativeTensor gradient : gradientsOfStates) {
      gradient.segment().fill((byte) 0);
    }
  }

  /** What flowed back to the states before a block flows on to those after the one before it. */
  private void receive(Bound program) {
    for (int i = 0; i < gradientsOfStates.length; i++) {
      program.receive(i, gradientsOfStates[i].segment());
    }
  }

  /** As they are after so many steps of the sequences that are gone through. */
  private void setPositions(int steps) {
    for (int row = 0; row < batch; row++) {
      positions[row] = before[row] + steps;
    }
  }

  private void write(
      Bound program, TrainingBatch given, int start, int length, double weight, long seed) {
    int chunk = model.chunk(given.tokens()[0].length);
    program.write(given, start, length, chunk, positions, weight, seed);
  }

  /** Where the numbers of the batch first stop being finite, block by block. */
  Optional<String> firstNonFinite(TrainingBatch given, long seed) {
    int time = given.tokens()[0].length;
    int block = model.block(time);
    for (int start = 0; start < time; start += block) {
      int length = Math.min(block, time - start);
      Bound program = shared.of(Way.BACK, isRagged(given), length);
      write(program, given, start, length, 1, seed);
      Optional<String> found = program.firstNonFinite(length);
      if (found.isPresent()) {
        return found;
      }
      advance(length);
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    shared.close();
    kept.close();
    tape.close();
    states.close();
    arena.close();
  }
}
