package dev.retain.runtime.training.blocks;

import dev.retain.runtime.engine.BlockInputs;
import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.kernel.KernelSource;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.training.TrainingBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A program of losses or gradients with its memory, and what it is told about each block. */
final class Bound implements AutoCloseable {
  /** A use of dropout, and the memory of its noise. */
  private record Use(long site, MemorySegment noise) {}

  private final BoundProgram program;
  private final BlockInputs inputs;
  private final ElementType real;
  private final MemorySegment target;
  private final Optional<MemorySegment> weight;

  /** In the order of the states; of no bytes where the program does not go back to one. */
  private final MemorySegment[] adjoints;

  private final List<Use> uses = new ArrayList<>();
  private final int batch;

  Bound(
      FormProgram form,
      Engine engine,
      KernelSource kernels,
      Function<String, NativeTensor> weights,
      Function<String, NativeTensor> gradients,
      StateMemory states,
      int batch,
      int block) {
    this.program =
        new BoundProgram(form, engine, kernels, weights, gradients, states, batch, block);
    this.inputs = new BlockInputs(program);
    this.real = program.outputType();
    this.target = program.input(Inputs.TARGET).orElseThrow();
    this.weight = program.input(Inputs.ADJOINT_OF_OUTPUT);
    this.batch = batch;
    this.adjoints =
        states.current().keySet().stream()
            .map(state -> program.input(Inputs.adjointOf(state)).orElse(MemorySegment.NULL))
            .toArray(MemorySegment[]::new);
    for (BufferDescription buffer : form.buffers()) {
      if (buffer.role() == Role.INPUT && buffer.name().startsWith(Inputs.NOISE)) {
        uses.add(
            new Use(
                Long.parseLong(buffer.name().substring(Inputs.NOISE.length())),
                program.input(buffer.name()).orElseThrow()));
      }
    }
  }

  long bytes() {
    return program.bytes();
  }

  int capacity() {
    return program.capacity();
  }

  /**
   * Takes what flows back to a state after the block, if the program goes back through it.
   *
   * @param state its place among the states
   */
  void receive(int state, MemorySegment flowing) {
    MemorySegment adjoint = adjoints[state];
    MemorySegment.copy(flowing, 0, adjoint, 0, Math.min(adjoint.byteSize(), flowing.byteSize()));
  }

  /**
   * Writes what the block is told.
   *
   * @param chunk the length of a whole block
   * @param positions steps that each sequence has made before it
   * @param seed of dropout
   */
  void write(
      TrainingBatch given,
      int start,
      int length,
      int chunk,
      long[] positions,
      double lossWeight,
      long seed) {
    inputs.writeTokens(given.tokens(), start, length);
    inputs.writePositions(positions);
    inputs.writeChunk(chunk);
    boolean[][] resets = given.resets().orElse(null);
    int flat = 0;
    for (int row = 0; row < batch; row++) {
      if (program.program().ragged()) {
        inputs.writeRagged(row, null, resets == null ? null : resets[row], start, length);
      }
      for (int step = start; step < start + length; step++) {
        write(target, flat++, given.targets()[row][step]);
      }
    }
    if (weight.isPresent()) {
      write(weight.get(), 0, lossWeight);
    }
    for (int i = 0; i < uses.size(); i++) {
      Use use = uses.get(i);
      long elements = use.noise().byteSize() / real.bytes() / program.capacity() * length;
      Noise.fill(use.noise(), real, elements, seed, use.site(), start);
    }
  }

  private void write(MemorySegment segment, long place, double value) {
    switch (real) {
      case F32 -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, place, (float) value);
      case F64 -> segment.setAtIndex(ValueLayout.JAVA_DOUBLE, place, value);
      case I64, BF16, I8 -> throw new IllegalStateException("losses are F32 or F64, not " + real);
    }
  }

  /** Runs the block; the sum of its losses. */
  double run(int length) {
    program.run(length);
    return losses();
  }

  /** The way forward of the block; the way back may follow when it is known what flows back. */
  void runForward(int length) {
    program.runForward(length);
  }

  /** The way back; the sum of the block's losses. */
  double runBack(int length) {
    program.runBack(length);
    return losses();
  }

  private double losses() {
    NativeTensor losses = program.output();
    double sum = 0;
    for (long i = 0; i < losses.size(); i++) {
      sum += losses.getDouble(i);
    }
    return sum;
  }

  /** Where the block's numbers first stop being finite; see {@link BoundProgram#firstNonFinite}. */
  Optional<String> firstNonFinite(int length) {
    return program.firstNonFinite(length);
  }

  @Override
  public void close() {
    program.close();
  }
}
