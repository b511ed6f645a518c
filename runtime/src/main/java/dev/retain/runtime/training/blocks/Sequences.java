package dev.retain.runtime.training.blocks;

import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.StateDescription;
import dev.retain.runtime.training.TrainingBatch;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
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

  /** By block, if what they have made on the way forward is kept for the way back. */
  private final List<Bound> denseBlocks = new ArrayList<>();

  private final List<Bound> raggedBlocks = new ArrayList<>();

  /** Of the kind of block that was gone through last, since to find out takes memory. */
  private long workBytes;

  private int workBlock;
  private boolean workIsRagged;

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
    for (Collection<Bound> programs :
        List.of(dense.values(), ragged.values(), denseBlocks, raggedBlocks)) {
      for (Bound program : programs) {
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
    boolean kept = model.keepsWork(workBytes(given, block), blocks);
    if (kept) {
      for (int i = 0; i < blocks; i++) {
        tape.keep(i);
        forwardKept(given, i, block, weight, seed);
      }
      tape.keep(blocks);
    } else {
      for (int i = 0; i < blocks - 1; i++) {
        tape.keep(i);
        forward(Way.FORWARD, given, i * block, block, seed);
      }
      tape.keep(blocks - 1);
    }
    for (NativeTensor gradient : gradientsOfStates) {
      gradient.segment().fill((byte) 0);
    }
    double sum = 0;
    for (int i = blocks - 1; i >= 0; i--) {
      int length = Math.min(block, time - i * block);
      tape.restore(i);
      if (kept) {
        Bound program = blocks(given).get(i);
        receive(program);
        sum += program.runBack(length);
      } else {
        sum += back(given, i * block, length, weight, seed);
        if (i == blocks - 1) {
          tape.keep(blocks);
        }
      }
    }
    tape.restore(blocks);
    setPositions(time);
    return sum;
  }

  private long workBytes(TrainingBatch given, int block) {
    boolean isRagged = given.resets().isPresent();
    if (workBytes == 0 || block != workBlock || isRagged != workIsRagged) {
      workBytes = model.workBytes(isRagged, batch, block);
      workBlock = block;
      workIsRagged = isRagged;
    }
    return workBytes;
  }

  /** Each block has memory of its own, in which the way back finds what it needs. */
  private void forwardKept(TrainingBatch given, int i, int block, double weight, long seed) {
    int start = i * block;
    int length = Math.min(block, given.tokens()[0].length - start);
    List<Bound> bound = blocks(given);
    if (i < bound.size() && bound.get(i).capacity() < block) {
      bound.forEach(Bound::close);
      bound.clear();
    }
    if (i == bound.size()) {
      bound.add(model.bind(given.resets().isPresent(), Way.BACK, this, block));
    }
    Bound program = bound.get(i);
    write(program, given, start, length, weight, seed);
    program.runForward(length);
    for (int row = 0; row < batch; row++) {
      positions[row] += length;
    }
  }

  private List<Bound> blocks(TrainingBatch given) {
    return given.resets().isPresent() ? raggedBlocks : denseBlocks;
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
    receive(program);
    return program.run(length);
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
    denseBlocks.forEach(Bound::close);
    raggedBlocks.forEach(Bound::close);
    tape.close();
    states.close();
    arena.close();
  }
}
