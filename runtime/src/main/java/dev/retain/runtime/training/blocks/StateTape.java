package dev.retain.runtime.training.blocks;

import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The states at the ends of blocks, kept for the way back. Grows to the longest sequence. */
final class StateTape implements AutoCloseable {
  private final StateMemory states;
  private final long bytes;
  private Arena arena = Arena.ofShared();
  private MemorySegment memory = MemorySegment.NULL;
  private int capacity;

  StateTape(StateMemory states) {
    this.states = states;
    this.bytes = states.tensors().stream().mapToLong(t -> t.segment().byteSize()).sum();
  }

  /** Makes sure that so many states can be kept; those that are kept are lost. */
  void require(int count) {
    if (count > capacity) {
      arena.close();
      arena = Arena.ofShared();
      memory = NativeTensor.allocate(arena, ElementType.I64, words(count)).segment();
      capacity = count;
    }
  }

  long bytes() {
    return memory.byteSize();
  }

  private long words(int count) {
    return Math.ceilDiv(Math.multiplyExact(count, bytes), ElementType.I64.bytes());
  }

  void keep(int place) {
    long at = place * bytes;
    List<NativeTensor> tensors = states.tensors();
    for (int i = 0; i < tensors.size(); i++) {
      MemorySegment state = tensors.get(i).segment();
      long size = state.byteSize();
      MemorySegment.copy(state, 0, memory, at, size);
      at += size;
    }
  }

  void restore(int place) {
    long at = place * bytes;
    List<NativeTensor> tensors = states.tensors();
    for (int i = 0; i < tensors.size(); i++) {
      MemorySegment state = tensors.get(i).segment();
      long size = state.byteSize();
      MemorySegment.copy(memory, at, state, 0, size);
      at += size;
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
