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

/** Adds up memory that no cache holds. */
final class ReadWork implements Work {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int BYTES = SPECIES.vectorByteSize();
  private static final int AT_ONCE = 4;

  // Several times the largest cache.
  private static final long SIZE = 256L << 20;

  // The JVM compiles a method that is called often before one that runs long.
  private static final int BLOCK = 64 << 10;

  private final long address;
  private final long share;
  private final Team team;
  private final float[] sums;

  ReadWork(int threads) {
    CompilerDirectives.excludeFromFirstTier(ReadWork.class.getName().replace('.', '/'));
    MemorySegment memory = Arena.global().allocate(SIZE, 64);
    memory.fill((byte) 0);
    this.address = memory.address();
    this.share = SIZE / threads / BLOCK * BLOCK;
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
    float sum = 0;
    for (long block = begin; block < begin + share; block += BLOCK) {
      sum += sum(block);
    }
    sums[thread] = sum;
  }

  private static float sum(long block) {
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int at = 0; at < BLOCK; at += AT_ONCE * BYTES) {
      a = a.add(FloatVector.fromMemorySegment(SPECIES, ALL, block + at, ORDER));
      b = b.add(FloatVector.fromMemorySegment(SPECIES, ALL, block + at + BYTES, ORDER));
      c = c.add(FloatVector.fromMemorySegment(SPECIES, ALL, block + at + 2 * BYTES, ORDER));
      d = d.add(FloatVector.fromMemorySegment(SPECIES, ALL, block + at + 3 * BYTES, ORDER));
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  @Override
  public double amount() {
    return (double) share * sums.length;
  }
}
