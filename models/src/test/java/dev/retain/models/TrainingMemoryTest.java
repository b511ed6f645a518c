package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What gradients take of memory: of native memory for a sequence, of the heap for a call. */
class TrainingMemoryTest {
  private static final int CHUNK = 64;
  private static final int CALLS = 200;
  private static final long ITERATORS = 512;
  private static final Width WIDTH = MachineWidth.choose("model", Set.of(Width.values()));

  private static BlockGradientModel model(Width width) {
    return LossDifferences.open(
        Definitions.build(
            "retnet.ret",
            "vocab=11 d=8 heads=2 layers=1 value=8 ffn=8",
            ElementType.F32,
            List.of(Width.W512)),
        "chunkwise",
        CHUNK,
        Engine.shared(),
        width);
  }

  private static TrainingBatch batch(int time) {
    return TrainingBatch.ofNextTokens(Definitions.tokens(new Random(2), 1, time, 11));
  }

  private static long bytes(int time) {
    try (BlockGradientModel model = model(WIDTH)) {
      model.accumulate(batch(time), 1, false, 0);
      return model.bytes();
    }
  }

  /** A sequence takes one state a chunk and nothing else that grows with it. */
  @Test
  void growsByOneStateForEachChunk() {
    long state;
    try (BlockGradientModel model = model(WIDTH)) {
      model.accumulate(batch(CHUNK), 1, false, 0);
      state = model.states().values().stream().mapToLong(t -> t.segment().byteSize()).sum();
    }
    long shortest = bytes(1024);
    for (int time : List.of(2048, 8192, 65536)) {
      assertThat(bytes(time) - shortest).isEqualTo((time - 1024) / CHUNK * state);
    }
  }

  /** Without vectors: whether the JVM keeps those of a kernel in registers is another matter. */
  @Test
  void callsAllocateNothingThatGrowsOnTheHeap() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    TrainingBatch batch = batch(2 * CHUNK);
    long least = Long.MAX_VALUE;
    try (BlockGradientModel model = model(Width.SCALAR)) {
      // Until the JVM's compiler has seen that nothing need be allocated.
      for (int round = 0; round < 60 && least >= CALLS; round++) {
        long before = threads.getTotalThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
          model.clear();
          model.accumulate(batch, 1, false, 0);
        }
        least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
      }
    }
    // Where the JVM's compiler does not see that an iterator can be left out, a call takes a few
    // hundred bytes; anything that grows with steps or parameters would be thousands.
    assertThat(least).isLessThan(ITERATORS * CALLS);
  }
}
