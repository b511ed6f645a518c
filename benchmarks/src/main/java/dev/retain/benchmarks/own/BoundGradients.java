package dev.retain.benchmarks.own;

import dev.retain.compiler.CompiledRecurrence.CompiledGradients;
import dev.retain.compiler.autodiff.Wanted;
import dev.retain.runtime.engine.BlockInputs;
import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.kernel.KernelLoader;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.StateDescription;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A form of a recurrence and what goes back through it to what its steps are given, with their
 * memory, to be run again and again: forward from the first block to the last one, keeping the
 * state before each, then back.
 */
final class BoundGradients implements AutoCloseable {
  private final int steps;
  private final int block;
  private final SequencedMap<String, MemorySegment> read;
  private final MemorySegment flowing;
  private final MemorySegment output;
  private final SequencedMap<String, MemorySegment> gradients = new LinkedHashMap<>();
  private final Map<String, NativeTensor> gradientsOfBlock = new LinkedHashMap<>();
  private final Map<String, NativeTensor> gradientsOfStates = new LinkedHashMap<>();
  private final StateMemory states;
  private final List<Map<String, NativeTensor>> before = new ArrayList<>();
  private final BoundProgram forward;
  private final BoundProgram back;
  private final BlockInputs forwardInputs;
  private final BlockInputs backInputs;
  private final long[] positions = new long[1];

  /**
   * Compiles and binds them.
   *
   * @param block the most steps of a block
   * @param read all steps of each input
   * @param flowing back to the output of all steps
   */
  BoundGradients(
      Prepared prepared,
      int steps,
      int block,
      SequencedMap<String, MemorySegment> read,
      MemorySegment flowing) {
    this.steps = steps;
    this.block = block;
    this.read = read;
    this.flowing = flowing;
    this.output = Arena.global().allocate(flowing.byteSize(), NativeTensor.ALIGNMENT);
    CompiledGradients compiled = prepared.recurrence().gradients().apply(Wanted.INPUTS);
    KernelLoader kernels = Prepared.loader(compiled.kernels());
    FormProgram way = compiled.programs().forward();
    List<StateDescription> carried = prepared.description().statesOf(way);
    this.states = new StateMemory(carried, ElementType.F32, 1);
    read.forEach((name, segment) -> {
      gradients.put(name, Arena.global().allocate(segment.byteSize(), NativeTensor.ALIGNMENT));
      gradientsOfBlock.put(name, tensor(segment.byteSize() / steps * block / Float.BYTES));
    });
    for (StateDescription state : carried) {
      gradientsOfStates.put(
          Gradients.ofState(state.path()),
          NativeTensor.allocate(Arena.global(), ElementType.F32, state.shapeAfter(1)));
    }
    for (int start = 0; start < steps; start += block) {
      Map<String, NativeTensor> kept = new LinkedHashMap<>();
      states.current().forEach((path, state) -> kept.put(path, state.copyOf(Arena.global())));
      before.add(kept);
    }
    this.forward = bind(way, kernels, prepared);
    this.back = bind(compiled.programs().gradient(), kernels, prepared);
    this.forwardInputs = new BlockInputs(forward);
    this.backInputs = new BlockInputs(back);
    forwardInputs.writeChunk(block);
    backInputs.writeChunk(block);
  }

  private static NativeTensor tensor(long size) {
    return NativeTensor.allocate(Arena.global(), ElementType.F32, size);
  }

  private BoundProgram bind(FormProgram program, KernelLoader kernels, Prepared prepared) {
    return new BoundProgram(
        program,
        Engine.shared(),
        kernels::kernel,
        prepared.weights()::get,
        name ->
            name.startsWith(Gradients.STATE)
                ? gradientsOfStates.get(name)
                : gradientsOfBlock.get(name),
        states,
        1,
        block);
  }

  /** All steps from rest, and back. */
  void run() {
    states.reset();
    for (int start = 0; start < steps; start += block) {
      before.get(start / block).forEach((path, kept) -> kept.copyFrom(states.current().get(path)));
      int length = write(forward, forwardInputs, start);
      NativeTensor part = forward.run(length);
      MemorySegment.copy(part.segment(), 0, output, at(output, start), part.segment().byteSize());
    }
    gradientsOfStates.values().forEach(gradient -> gradient.segment().fill((byte) 0));
    for (int start = (before.size() - 1) * block; start >= 0; start -= block) {
      back(start);
    }
  }

  private void back(int start) {
    before.get(start / block).forEach((path, kept) -> states.current().get(path).copyFrom(kept));
    int length = write(back, backInputs, start);
    back.read(Inputs.ADJOINT_OF_OUTPUT, slice(flowing, start, length));
    gradientsOfStates.forEach((name, gradient) -> {
      String state = name.substring(Gradients.STATE.length());
      MemorySegment segment = gradient.segment();
      back.input(Inputs.adjointOf(state)).ifPresent(input -> input.copyFrom(segment));
      segment.fill((byte) 0);
    });
    gradientsOfBlock.values().forEach(gradient -> gradient.segment().fill((byte) 0));
    back.run(length);
    gradients.forEach((name, whole) -> {
      MemorySegment part = gradientsOfBlock.get(name).segment();
      MemorySegment.copy(part, 0, whole, at(whole, start), whole.byteSize() / steps * length);
    });
  }

  /** Tells a program about a block; its length. */
  private int write(BoundProgram program, BlockInputs inputs, int start) {
    int length = Math.min(block, steps - start);
    positions[0] = start;
    inputs.writePositions(positions);
    read.forEach((name, whole) -> program.read(name, slice(whole, start, length)));
    return length;
  }

  private MemorySegment slice(MemorySegment whole, int start, int length) {
    return whole.asSlice(at(whole, start), whole.byteSize() / steps * length);
  }

  private long at(MemorySegment whole, int start) {
    return whole.byteSize() / steps * start;
  }

  /** Of all steps. */
  MemorySegment output() {
    return output;
  }

  /** Of all steps of each input that was read, by its name. */
  SequencedMap<String, MemorySegment> gradients() {
    return gradients;
  }

  @Override
  public void close() {
    forward.close();
    back.close();
    states.close();
  }
}
