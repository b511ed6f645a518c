package dev.retain.benchmarks.limits;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.kernel.CompilerDirectives;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import jdk.incubator.vector.FloatVector;

/** One tile over and over, out of the first cache. */
final class TileWork implements Work {
  private static final int DEPTH = 128;
  private static final int REPEATED = 2000;
  private static final int MOST_BITS_OF_NARROW = 256;

  private static final boolean IS_WIDE =
      FloatVector.SPECIES_PREFERRED.vectorBitSize() > MOST_BITS_OF_NARROW;
  private static final int ROWS = IS_WIDE ? WideTile.ROWS : NarrowTile.ROWS;
  private static final int LENGTH =
      FloatVector.SPECIES_PREFERRED.length() * (IS_WIDE ? WideTile.COLUMNS : NarrowTile.COLUMNS);

  private final int threads;
  private final Team team;
  private final long[] left;
  private final long[] right;
  private final long[] tile;

  TileWork(int threads) {
    String own = TileWork.class.getPackageName().replace('.', '/');
    CompilerDirectives.excludeFromFirstTier(own + "/WideTile");
    CompilerDirectives.excludeFromFirstTier(own + "/NarrowTile");
    this.threads = threads;
    this.left = new long[threads];
    this.right = new long[threads];
    this.tile = new long[threads];
    for (int thread = 0; thread < threads; thread++) {
      left[thread] = numbers(DEPTH * ROWS);
      right[thread] = numbers(DEPTH * LENGTH);
      tile[thread] = numbers(ROWS * LENGTH);
    }
    this.team = new Team(threads, this::part);
  }

  private static long numbers(int count) {
    MemorySegment segment = Arena.global().allocate((long) count * Float.BYTES, 64);
    float[] numbers = CoreInputs.numbers(new SplittableRandom(count), count);
    MemorySegment.copy(MemorySegment.ofArray(numbers), 0, segment, 0, segment.byteSize());
    return segment.address();
  }

  @Override
  public void run() throws Exception {
    team.run();
  }

  private void part(int thread) {
    long a = left[thread];
    long b = right[thread];
    long c = tile[thread];
    for (int i = 0; i < REPEATED; i++) {
      if (IS_WIDE) {
        WideTile.run(DEPTH, a, b, c);
      } else {
        NarrowTile.run(DEPTH, a, b, c);
      }
    }
  }

  @Override
  public double amount() {
    return 2.0 * threads * REPEATED * DEPTH * ROWS * LENGTH;
  }
}
