package dev.retain.benchmarks.limits;

import static dev.retain.runtime.kernel.NativeMemory.ALL;

import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.kernel.CompilerDirectives;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Adds up memory that no cache holds, in one stream or in several side by side: what a processor
 * fetches ahead of one stream may be less than memory could give.
 */
final class ReadWork implements Work {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int BYTES = SPECIES.vectorByteSize();

  /** Vectors that are read in one go, and the most streams that there can be. */
  static final int AT_ONCE = 4;

  // Several times the largest cache.
  private static final long SIZE = 256L << 20;

  // Bytes of a stream. The JVM compiles a method that is called often before one that runs long.
  private static final int BLOCK = 64 << 10;

  private final long address;
  private final long share;
  private final int streams;
  private final Team team;
  private final float[] sums;

  /**
   * @param streams 1 or {@link #AT_ONCE}
   */
  ReadWork(int threads, int streams) {
    CompilerDirectives.excludeFromFirstTier(ReadWork.class.getName().replace('.', '/'));
    MemorySegment memory = Arena.global().allocate(SIZE, 64);
    memory.fill((byte) 0);
    this.address = memory.address();
    this.streams = streams;
    this.share = SIZE / threads / (BLOCK * AT_ONCE) * (BLOCK * AT_ONCE);
    this.sums = new float[threads];
    this.team = new Team(threads, this::part);
  }

  @Override
  public void run() throws Exception {
    team.run();
    for (float sum : sums) {
      if (sum != 0) {
        throw new IllegalStateException("zeros add up to " + sum);
      }
    }
  }

  private void part(int thread) {
    long begin = address + thread * share;
    long stream = share / streams;
    float sum = 0;
    for (long block = begin; block < begin + stream; block += BLOCK) {
      sum += streams == 1 ? sum(block, BYTES, AT_ONCE * BYTES) : sum(block, stream, BYTES);
    }
    sums[thread] = sum;
  }

  /**
   * @param distance of vectors that are read in one go
   * @param step from there to the next
   */
  private static float sum(long block, long distance, int step) {
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int at = 0; at < BLOCK; at += step) {
      a = a.add(FloatVector.fromMemorySegment(SPECIES, ALL, block + at, ORDER));
      b = b.add(FloatVector.fromMemorySegment(SPECIES, ALL, block + at + distance, ORDER));
      c = c.add(FloatVector.fromMemorySegment(SPECIES, ALL, block + at + 2 * distance, ORDER));
      d = d.add(FloatVector.fromMemorySegment(SPECIES, ALL, block + at + 3 * distance, ORDER));
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  @Override
  public double amount() {
    return (double) share * sums.length;
  }
}
