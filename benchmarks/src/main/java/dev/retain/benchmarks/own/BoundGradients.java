package dev.retain.benchmarks.own;

import dev.retain.compiler.CompiledRecurrence.CompiledGradients;
import dev.retain.compiler.autodiff.Wanted;
import dev.retain.runtime.engine.BlockInputs;
import dev.retain.runtime.engine.BlockSequence;
import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.kernel.Kernels;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.Inputs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A form of a recurrence and what goes back through it to what its steps are given, with their
 * memory, to be run again and again: forward from the first block to the last one, keeping the
 * state after each, then back. All is read and written where it is wanted.
 */
final class BoundGradients implements AutoCloseable {
  private final MemorySegment output;
  private final SequencedMap<String, MemorySegment> gradients = new LinkedHashMap<>();
  private final StateMemory states;

  /** By state: what flows back to it before the first block and after each. */
  private final Map<String, MemorySegment> flowingToStates = new LinkedHashMap<>();

  private final BoundProgram forward;
  private final BoundProgram back;
  private final BlockSequence onward;
  private final BlockSequence backward;

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
    CompiledGradients compiled = prepared.recurrence().gradients().apply(Wanted.INPUTS);
    Kernels kernels = new Kernels(compiled.kernels());
    FormProgram way = compiled.programs().forward();
    this.states = new StateMemory(prepared.description().statesOf(way), ElementType.F32, 1);
    this.output = allocate(flowing.byteSize());
    read.forEach((name, segment) -> gradients.put(name, allocate(segment.byteSize())));
    int ends = Math.ceilDiv(steps, block) + 1;
    states
        .current()
        .forEach((path, state) ->
            flowingToStates.put(path, allocate(ends * state.segment().byteSize())));
    this.forward = bind(way, kernels, prepared, block);
    this.back = bind(compiled.programs().gradient(), kernels, prepared, block);
    this.onward = new BlockSequence(forward, steps, block);
    this.backward = new BlockSequence(back, steps, block);
    read.forEach(onward::read);
    read.forEach(backward::read);
    onward.write(output);
    backward.read(Inputs.ADJOINT_OF_OUTPUT, flowing);
    gradients.forEach(backward::writeGradient);
    states
        .current()
        .forEach((path, state) -> {
          MemorySegment kept = allocate(ends * state.segment().byteSize());
          kept.copyFrom(state.segment());
          onward.carry(path, kept);
          backward.carry(path, kept);
        });
    flowingToStates.forEach(backward::flow);
  }

  private static MemorySegment allocate(long bytes) {
    return Arena.global().allocate(bytes, NativeTensor.ALIGNMENT);
  }

  private BoundProgram bind(FormProgram program, Kernels kernels, Prepared prepared, int block) {
    BoundProgram bound =
        new BoundProgram(
            program,
            Engine.shared(),
            kernels,
            prepared.weights()::get,
            this::unplaced,
            states,
            1,
            block);
    new BlockInputs(bound).writeChunk(block);
    return bound;
  }

  /** Where a gradient lies until it is put where a block wants it. */
  private NativeTensor unplaced(String name) {
    MemorySegment whole =
        name.startsWith(Gradients.STATE)
            ? flowingToStates.get(name.substring(Gradients.STATE.length()))
            : gradients.get(name);
    return NativeTensor.over(whole, ElementType.F32, whole.byteSize() / Float.BYTES);
  }

  /** All steps from rest, and back. */
  void run() {
    onward.runOn();
    backward.runBack();
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
