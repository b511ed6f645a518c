package dev.retain.runtime.training.optimiser;

import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Goes over the elements of tensors in blocks that do not depend on the number of threads, so that
 * sums over blocks have the same bits everywhere.
 */
final class Elements {
  /** A run of elements of one of the tensors. */
  record Block(int tensor, long from, int count) {}

  /** Small enough for the nearest caches, with four tensors at a time. */
  static final int LONGEST = 2048;

  private Elements() {}

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

  /** What is done with the blocks of one thread, which has memory of its own for it. */
  @FunctionalInterface
  interface Work {
    void accept(int block);
  }

  /** Makes the work of one thread. */
  @FunctionalInterface
  interface Worker {
    Work begin();
  }

  /** Does every block once, on all processors. */
  static void forEach(int blocks, Worker worker) {
    int shares = Math.max(1, Math.min(blocks, Runtime.getRuntime().availableProcessors()));
    IntStream.range(0, shares)
        .parallel()
        .forEach(share -> {
          Work work = worker.begin();
          for (int block = share; block < blocks; block += shares) {
            work.accept(block);
          }
        });
  }

  /** Reads a block, widened to doubles. */
  static void read(NativeTensor tensor, Block block, double[] values) {
    MemorySegment segment = slice(tensor, block);
    int count = block.count();
    switch (tensor.type()) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          values[i] = segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
      }
      case F64 -> MemorySegment.copy(segment, ValueLayout.JAVA_DOUBLE, 0, values, 0, count);
      case I64 -> throw new IllegalArgumentException("integers: " + tensor);
    }
  }

  /** Writes a block, rounded to the tensor's type. */
  static void write(double[] values, NativeTensor tensor, Block block) {
    MemorySegment segment = slice(tensor, block);
    int count = block.count();
    switch (tensor.type()) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
        }
      }
      case F64 -> MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_DOUBLE, 0, count);
      case I64 -> throw new IllegalArgumentException("integers: " + tensor);
    }
  }

  private static MemorySegment slice(NativeTensor tensor, Block block) {
    int bytes = tensor.type().bytes();
    return tensor.segment().asSlice(block.from() * bytes, (long) block.count() * bytes);
  }
}
