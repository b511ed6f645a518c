package dev.retain.runtime.engine;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Role;
import java.lang.foreign.MemorySegment;

/** What a program puts out, as tensors that are made once for each length of a block. */
final class BlockOutput {
  private final FormProgram program;
  private final ProgramMemory memory;
  private final int batch;
  private final int capacity;

  /** Of whole blocks and of others, once they were run: the last one of a sequence is shorter. */
  private NativeTensor ofWhole;

  private NativeTensor ofShorter;
  private int shorter;

  /**
   * @param capacity the most steps of a block
   */
  BlockOutput(FormProgram program, ProgramMemory memory, int batch, int capacity) {
    this.program = program;
    this.memory = memory;
    this.batch = batch;
    this.capacity = capacity;
  }

  /** Lets the next runs write it elsewhere. */
  void place(MemorySegment to) {
    memory.place(Role.OUTPUT, description().name(), to);
    ofWhole = null;
    shorter = 0;
  }

  /** That of a block of so many steps, which was the last to run: [batch, steps, vocabulary]. */
  NativeTensor of(int steps) {
    if (steps == capacity) {
      ofWhole = ofWhole == null ? over(steps) : ofWhole;
      return ofWhole;
    }
    if (shorter != steps) {
      ofShorter = over(steps);
      shorter = steps;
    }
    return ofShorter;
  }

  private NativeTensor over(int steps) {
    BufferDescription output = description();
    MemorySegment own = memory.own(program.buffers().indexOf(output), steps);
    MemorySegment segment = memory.placed(Role.OUTPUT, output.name()).orElse(own);
    return NativeTensor.over(segment.asSlice(0, own.byteSize()), output.type(), shape(steps));
  }

  /** [batch, steps, vocabulary]. */
  long[] shape(int steps) {
    // A program of one step has no axis for it.
    long elements = description().size().elements(batch, capacity);
    long vocabulary = elements / batch / capacity;
    return new long[] {batch, steps, vocabulary};
  }

  ElementType type() {
    return description().type();
  }

  /** A program that only goes back has none. */
  private BufferDescription description() {
    return program.buffers().stream()
        .filter(buffer -> buffer.role() == Role.OUTPUT)
        .findFirst()
        .orElseThrow();
  }
}
