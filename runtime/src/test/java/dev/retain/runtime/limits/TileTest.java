package dev.retain.runtime.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** The speed of a product counts only if it is one. */
class TileTest {
  private static final int DEPTH = 5;
  private static final int LENGTH = FloatVector.SPECIES_PREFERRED.length();

  @FunctionalInterface
  private interface Tile {
    void run(int depth, long left, long right, long tile);
  }

  @Test
  void theWideTileMultipliesMatrices() {
    check(WideTile::run, WideTile.ROWS, WideTile.COLUMNS * LENGTH);
  }

  @Test
  void theNarrowTileMultipliesMatrices() {
    check(NarrowTile::run, NarrowTile.ROWS, NarrowTile.COLUMNS * LENGTH);
  }

  private static void check(Tile tile, int rows, int columns) {
    try (Arena arena = Arena.ofConfined()) {
      SplittableRandom random = new SplittableRandom(rows);
      float[] left = numbers(random, DEPTH * rows);
      float[] right = numbers(random, DEPTH * columns);
      float[] before = numbers(random, rows * columns);
      MemorySegment result = arena.allocateFrom(ValueLayout.JAVA_FLOAT, before);
      tile.run(
          DEPTH,
          arena.allocateFrom(ValueLayout.JAVA_FLOAT, left).address(),
          arena.allocateFrom(ValueLayout.JAVA_FLOAT, right).address(),
          result.address());
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          double expected = before[row * columns + column];
          for (int k = 0; k < DEPTH; k++) {
            expected += left[k * rows + row] * right[k * columns + column];
          }
          assertThat((double) result.getAtIndex(ValueLayout.JAVA_FLOAT, row * columns + column))
              .isEqualTo(expected, within(1e-5));
        }
      }
    }
  }

  private static float[] numbers(SplittableRandom random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextDouble(-1, 1);
    }
    return numbers;
  }
}
