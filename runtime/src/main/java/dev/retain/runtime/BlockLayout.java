package dev.retain.runtime;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * All steps of a batch of sequences lie in memory sequence by sequence, [batch, time, ...], for
 * those who ask; programs read and write them block by block, each [batch, steps of the block,
 * ...]. Of one sequence, or one block, both are the same, and nothing is copied.
 *
 * @param type that programs read and write
 * @param time all steps
 * @param block steps of a block; the last one may be shorter
 */
record BlockLayout(ElementType type, int batch, int time, int block) {
  /** What programs are to read, by name. */
  SequencedMap<String, MemorySegment> byBlock(Map<String, NativeTensor> bySequence) {
    SequencedMap<String, MemorySegment> converted = new LinkedHashMap<>();
    bySequence.forEach((name, tensor) -> converted.put(name, byBlock(tensor)));
    return converted;
  }

  /** What programs are to read. */
  MemorySegment byBlock(NativeTensor bySequence) {
    MemorySegment given = typed(bySequence).segment();
    if (isBySequence()) {
      return given;
    }
    MemorySegment converted = allocate(given.byteSize());
    copy(given, converted, true);
    return converted;
  }

  private NativeTensor typed(NativeTensor tensor) {
    if (tensor.type() == type) {
      return tensor;
    }
    NativeTensor copy = NativeTensor.allocate(Arena.ofAuto(), type, tensor.shape());
    copy.copyFrom(tensor);
    return copy;
  }

  /** Memory for programs to write what {@link #gather} will then put into the tensor. */
  MemorySegment roomFor(NativeTensor bySequence) {
    return isBySequence() ? bySequence.segment() : allocate(bySequence.segment().byteSize());
  }

  /** Puts what programs have written where it is wanted. */
  void gather(MemorySegment byBlock, NativeTensor bySequence) {
    if (!isBySequence()) {
      copy(byBlock, bySequence.segment(), false);
    }
  }

  private boolean isBySequence() {
    return batch == 1 || time <= block;
  }

  private static MemorySegment allocate(long bytes) {
    return Arena.ofAuto().allocate(bytes, NativeTensor.ALIGNMENT);
  }

  private void copy(MemorySegment from, MemorySegment to, boolean isToBlocks) {
    long step = from.byteSize() / batch / time;
    for (int start = 0; start < time; start += block) {
      int length = Math.min(block, time - start);
      for (int row = 0; row < batch; row++) {
        long bySequence = ((long) row * time + start) * step;
        long byBlock = ((long) batch * start + (long) row * length) * step;
        MemorySegment.copy(
            from,
            isToBlocks ? bySequence : byBlock,
            to,
            isToBlocks ? byBlock : bySequence,
            length * step);
      }
    }
  }
}
