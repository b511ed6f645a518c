package dev.retain.benchmarks.own;

import dev.retain.runtime.engine.BlockInputs;
import dev.retain.runtime.engine.BlockSequence;
import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.kernel.Kernels;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import java.lang.foreign.MemorySegment;

/**
 * One form of a recurrence with its memory, to be run again and again: as a session runs a model,
 * where a run of {@code retain run} would take memory each time.
 */
final class BoundRecurrence implements AutoCloseable {
  private final StateMemory states;
  private final BoundProgram program;
  private final BlockInputs inputs;
  private final long[] positions = new long[1];

  /**
   * Binds it.
   *
   * @param block the most steps of a block
   */
  BoundRecurrence(Prepared prepared, Form form, int block) {
    Kernels kernels = new Kernels(prepared.recurrence().compiled().kernels().get(prepared.width()));
    FormProgram derived = prepared.description().program(form.text(), false).orElseThrow();
    this.states = new StateMemory(prepared.description().statesOf(derived), ElementType.F32, 1);
    this.program =
        new BoundProgram(
            derived, Engine.shared(), kernels, prepared.weights()::get, states, 1, block);
    this.inputs = new BlockInputs(program);
    inputs.writeChunk(block);
  }

  /** All blocks of a sequence of so many steps. */
  BlockSequence sequence(int steps) {
    return new BlockSequence(program, steps, program.capacity());
  }

  /** Where the next run finds the steps of an input. */
  void read(String name, MemorySegment steps) {
    program.read(name, steps);
  }

  /** Where the next run writes its output. */
  void write(MemorySegment steps) {
    program.write(steps);
  }

  /** Begins again. */
  void reset() {
    states.reset();
  }

  /**
   * Runs a block.
   *
   * @param position how many steps were made before it
   * @return the output of its steps; valid until the next run
   */
  NativeTensor run(long position, int steps) {
    positions[0] = position;
    inputs.writePositions(positions);
    program.run(steps);
    return program.output();
  }

  @Override
  public void close() {
    program.close();
    states.close();
  }
}
