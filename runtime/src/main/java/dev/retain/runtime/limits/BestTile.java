package dev.retain.runtime.limits;

import dev.retain.runtime.kernel.CompilerDirectives;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * The best known product of small matrices for the vectors of this machine, on memory of its own
 * that the first cache holds. Needs the module of vectors.
 */
public final class BestTile {
  private static final int DEPTH = 128;
  private static final int MOST_BITS_OF_NARROW = 256;
  private static final int ALIGNMENT = 64;

  private static final boolean IS_WIDE =
      FloatVector.SPECIES_PREFERRED.vectorBitSize() > MOST_BITS_OF_NARROW;
  private static final int ROWS = IS_WIDE ? WideTile.ROWS : NarrowTile.ROWS;
  private static final int LENGTH =
      FloatVector.SPECIES_PREFERRED.length() * (IS_WIDE ? WideTile.COLUMNS : NarrowTile.COLUMNS);

  static {
    // Or the JVM's first compiler may fail at the tiles, or at who calls them, and they stay a
    // hundred
    // times too slow.
    CompilerDirectives.excludeFromFirstTier(
        BestTile.class.getPackageName().replace('.', '/') + "/*");
  }

  private final long left;
  private final long right;
  private final long tile;

  /** One for one thread. */
  public BestTile(Arena arena) {
    this.left = numbers(arena, DEPTH * ROWS);
    this.right = numbers(arena, DEPTH * LENGTH);
    this.tile = numbers(arena, ROWS * LENGTH);
  }

  private static long numbers(Arena arena, int count) {
    MemorySegment segment = arena.allocate((long) count * Float.BYTES, ALIGNMENT);
    for (int i = 0; i < count; i++) {
      // So small that sums stay finite however often they grow.
      segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1e-3f * (i % 7 - 3));
    }
    return segment.address();
  }

  /** Computes the tile so many times. */
  public void run(int times) {
    for (int i = 0; i < times; i++) {
      if (IS_WIDE) {
        WideTile.run(DEPTH, left, right, tile);
      } else {
        NarrowTile.run(DEPTH, left, right, tile);
      }
    }
  }

  /** Floating-point operations of so many times. */
  public static double operations(int times) {
    return 2.0 * times * DEPTH * ROWS * LENGTH;
  }
}
