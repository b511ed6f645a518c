package dev.retain.runtime.training.blocks;

import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.StateDescription;
import dev.retain.runtime.training.TrainingBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumMap;
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
  private final Map<Way, Bound> dense = new EnumMap<>(Way.class);
  private final Map<Way, Bound> ragged = new EnumMap<>(Way.class);

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
  }

  int batch() {
    return batch;
  }

  StateMemory states() {
    return states;
  }

  /** The memory of all this, but for parameters and their gradients. */
  long bytes() {
    long bytes = tape.bytes();
    for (NativeTensor gradient : gradientsOfStates) {
      // The states are kept twice.
      bytes += 3 * gradient.segment().byteSize();
    }
    for (Map<Way, Bound> bound : List.of(dense, ragged)) {
      for (Bound program : bound.values()) {
        bytes += program.bytes();
      }
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
    for (int i = 0; i < blocks - 1; i++) {
      tape.keep(i);
      forward(Way.FORWARD, given, i * block, block, seed);
    }
    tape.keep(blocks - 1);
    for (NativeTensor gradient : gradientsOfStates) {
      gradient.segment().fill((byte) 0);
    }
    double sum = 0;
    for (int i = blocks - 1; i >= 0; i--) {
      int length = Math.min(block, time - i * block);
      tape.restore(i);
      sum += back(given, i * block, length, weight, seed);
      if (i == blocks - 1) {
        tape.keep(blocks);
      }
    }
    tape.restore(blocks);
    setPositions(time);
    return sum;
  }

  private double forward(Way way, TrainingBatch given, int start, int length, long seed) {
    Bound program = bound(given, way, length);
    write(program, given, start, length, 0, seed);
    double sum = program.run(length);
    for (int row = 0; row < batch; row++) {
      positions[row] += length;
    }
    return sum;
  }

  private double back(TrainingBatch given, int start, int length, double weight, long seed) {
    Bound program = bound(given, Way.BACK, length);
    setPositions(start);
    write(program, given, start, length, weight, seed);
    for (int i = 0; i < gradientsOfStates.length; i++) {
      MemorySegment segment = gradientsOfStates[i].segment();
      program.receive(i, segment);
      segment.fill((byte) 0);
    }
    return program.run(length);
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

  private Bound bound(TrainingBatch given, Way way, int length) {
    boolean hasResets = given.resets().isPresent();
    Map<Way, Bound> bound = hasResets ? ragged : dense;
    Bound known = bound.get(way);
    if (known != null && known.capacity() >= length) {
      return known;
    }
    if (known != null) {
      known.close();
      bound.remove(way);
    }
    Bound fitting = model.bind(hasResets, way, this, length);
    bound.put(way, fitting);
    return fitting;
  }

  /** Where the numbers of the batch first stop being finite, block by block. */
  Optional<String> firstNonFinite(TrainingBatch given, long seed) {
    int time = given.tokens()[0].length;
    int block = model.block(time);
    for (int start = 0; start < time; start += block) {
      int length = Math.min(block, time - start);
      Bound program = bound(given, Way.BACK, length);
      write(program, given, start, length, 1, seed);
      Optional<String> found = program.firstNonFinite(length);
      if (found.isPresent()) {
        return found;
      }
      for (int row = 0; row < batch; row++) {
        positions[row] += length;
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    dense.values().forEach(Bound::close);
    ragged.values().forEach(Bound::close);
    tape.close();
    states.close();
    arena.close();
  }
}
