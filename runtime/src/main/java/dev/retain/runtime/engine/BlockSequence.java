package dev.retain.runtime.engine;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.Inputs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * All blocks of a batch of sequences, which lie behind each other in memory, each [batch, steps,
 * ...]: they are read and written where they are. The last block may be shorter than the others.
 */
public final class BlockSequence {
  private final BoundProgram program;
  private final int steps;
  private final int block;
  private final List<IntConsumer> places = new ArrayList<>();

  /**
   * @param steps of each sequence
   * @param block steps of a block
   */
  public BlockSequence(BoundProgram program, int steps, int block) {
    this.program = program;
    this.steps = steps;
    this.block = block;
    int batch = program.batch();
    long positions = (long) blocks() * batch;
    NativeTensor starts = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, positions);
    for (long i = 0; i < positions; i++) {
      starts.setDouble(i, (double) (i / batch) * block);
    }
    MemorySegment all = starts.segment();
    places.add(i -> program.read(Inputs.POSITION, all.asSlice((long) i * batch * Double.BYTES)));
  }

  private int blocks() {
    return Math.ceilDiv(steps, block);
  }

  /** Where all steps of an input lie. */
  public void read(String name, MemorySegment all) {
    places.add(i -> program.read(name, ofBlock(all, i)));
  }

  /** Where the output of all steps belongs. */
  public void write(MemorySegment all) {
    places.add(i -> program.write(ofBlock(all, i)));
  }

  /** Where the gradient of all steps of an input belongs. */
  public void writeGradient(String name, MemorySegment all) {
    places.add(i -> program.writeGradient(name, ofBlock(all, i)));
  }

  private MemorySegment ofBlock(MemorySegment all, int i) {
    return all.asSlice(all.byteSize() / steps * block * i);
  }

  /**
   * Keeps a state at all ends of blocks.
   *
   * @param ends before the first block, which is given, and after each
   */
  public void carry(String state, MemorySegment ends) {
    places.add(i -> program.carry(state, end(ends, i), end(ends, i + 1)));
  }

  /**
   * Keeps what flows back to a state.
   *
   * @param ends before the first block and after each, of which the last is given
   */
  public void flow(String state, MemorySegment ends) {
    places.add(i -> {
      program.read(Inputs.adjointOf(state), end(ends, i + 1));
      program.writeGradient(Gradients.ofState(state), end(ends, i));
    });
  }

  private MemorySegment end(MemorySegment ends, int i) {
    return ends.asSlice(ends.byteSize() / (blocks() + 1) * i);
  }

  /** From the first block to the last. */
  public void runOn() {
    int whole = steps / block;
    if (whole > 0) {
      place(0);
      program.runOn(block, whole);
    }
    if (whole < blocks()) {
      place(whole);
      program.run(steps - whole * block);
    }
  }

  /** From the last block to the first. */
  public void runBack() {
    int whole = steps / block;
    if (whole < blocks()) {
      place(whole);
      program.run(steps - whole * block);
    }
    if (whole > 0) {
      place(whole - 1);
      program.runBack(block, whole);
    }
  }

  private void place(int i) {
    for (IntConsumer place : places) {
      place.accept(i);
    }
  }
}
