package dev.retain.runtime.training.optimiser;

import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Tensors in blocks of elements that do not depend on the number of threads, so that sums over
 * blocks have the same bits everywhere.
 */
final class Elements {
  /** A run of elements of one of the tensors. */
  record Block(int tensor, long from, int count) {}

  /** Small enough for the nearest caches, with four tensors at a time. */
  static final int LONGEST = 2048;

  private final float[] narrow = new float[LONGEST];

  /** All elements, in order; each block is of one tensor. */
  static List<Block> blocks(Collection<NativeTensor> tensors) {
    List<Block> blocks = new ArrayList<>();
    int index = 0;
    for (NativeTensor tensor : tensors) {
      for (long from = 0; from < tensor.size(); from += LONGEST) {
        blocks.add(new Block(index, from, (int) Math.min(LONGEST, tensor.size() - from)));
      }
      index++;
    }
    return List.copyOf(blocks);
  }

  /** Reads a block, widened to doubles. */
  void read(NativeTensor tensor, Block block, double[] values) {
    int count = block.count();
    long start = block.from() * tensor.type().bytes();
    switch (tensor.type()) {
      case F32 -> {
        // By way of an array, since the JVM's compiler makes vectors of such a loop.
        MemorySegment.copy(tensor.segment(), ValueLayout.JAVA_FLOAT, start, narrow, 0, count);
        for (int i = 0; i < count; i++) {
          values[i] = narrow[i];
        }
      }
      case F64 ->
          MemorySegment.copy(tensor.segment(), ValueLayout.JAVA_DOUBLE, start, values, 0, count);
      case I64, BF16, I8 -> throw new IllegalArgumentException("not to be trained: " + tensor);
    }
  }

  /** Writes a block, rounded to the tensor's type. */
  void write(double[] values, NativeTensor tensor, Block block) {
    int count = block.count();
    long start = block.from() * tensor.type().bytes();
    switch (tensor.type()) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          narrow[i] = (float) values[i];
        }
        MemorySegment.copy(narrow, 0, tensor.segment(), ValueLayout.JAVA_FLOAT, start, count);
      }
      case F64 ->
          MemorySegment.copy(values, 0, tensor.segment(), ValueLayout.JAVA_DOUBLE, start, count);
      case I64, BF16, I8 -> throw new IllegalArgumentException("not to be trained: " + tensor);
    }
  }
}
