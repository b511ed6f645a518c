package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;

/**
 * How products of packed matrices are cut: into tiles that stay in registers, and blocks that stay
 * in the second level of cache. Every choice computes the same; only {@code depthBytes} changes in
 * which order a sum runs.
 *
 * @param height rows of a full tile
 * @param vectors of a full tile and of a panel of columns
 * @param columns of the right side that are packed at once: a multiple of every panel's width
 * @param rows of the left side that are packed at once: a multiple of every panel's height
 * @param depthBytes what a column of a panel takes at most
 */
public record Tiling(int height, int vectors, int columns, int rows, int depthBytes) {
  /** The largest vectors that there are, in numbers of four bytes. */
  private static final int MOST_LANES = 16;

  /** With more sums than that nothing is left in any machine's registers for what they read. */
  private static final int MOST_SUMS = 28;

  public Tiling {
    if (height < 1 || vectors < 1 || height * vectors > MOST_SUMS) {
      throw new IllegalArgumentException(
          "a tile of %d x %d vectors, of which registers hold none".formatted(height, vectors));
    }
    if (columns < 1 || columns % (vectors * MOST_LANES) != 0) {
      throw new IllegalArgumentException(
          "blocks of %d columns, which panels of %d vectors do not fill"
              .formatted(columns, vectors));
    }
    if (rows < 1 || rows % panelHeight(height, MOST_LANES) != 0) {
      throw new IllegalArgumentException(
          "blocks of %d rows, which panels of tiles of %d do not fill".formatted(rows, height));
    }
    if (depthBytes < Long.BYTES
        || depthBytes % Long.BYTES != 0
        || (long) (columns + rows) * depthBytes > Workspace.PACKED_BYTES) {
      throw new IllegalArgumentException(
          "blocks of %d columns and %d rows, %d bytes deep: more than a workspace holds"
              .formatted(columns, rows, depthBytes));
    }
  }

  /** What is taken without a search. */
  public static Tiling usual(int vectorBits) {
    return new Tiling(vectorBits == 512 ? 8 : 4, 3, 576, 128, 1024);
  }

  /**
   * What is worth a measurement on a machine with such vectors, the usual one first: other tiles,
   * for what registers and a processor's units like, and other blocks, for what caches do.
   */
  public static List<Tiling> candidates(int vectorBits) {
    Tiling usual = usual(vectorBits);
    List<Tiling> candidates = new ArrayList<>(List.of(usual));
    candidates.add(usual.withBlock(288, 64, 2048));
    candidates.add(usual.withBlock(1152, 256, 512));
    candidates.add(usual.withBlock(288, 64, 1024));
    candidates.add(new Tiling(usual.height(), 2, 576, 128, 1024));
    switch (vectorBits) {
      case 512 -> candidates.add(new Tiling(12, 2, 544, 144, 1024));
      // Some machines with narrow vectors have 16 registers, others 32.
      case 256, 128 -> {
        candidates.add(new Tiling(6, 2, 544, 144, 1024));
        candidates.add(new Tiling(8, 3, 576, 128, 1024));
      }
      default -> candidates.add(new Tiling(2, 3, 576, 128, 1024));
    }
    return List.copyOf(candidates);
  }

  private Tiling withBlock(int columns, int rows, int depthBytes) {
    return new Tiling(height, vectors, columns, rows, depthBytes);
  }

  /** The tile and the block, as {@code 8 x 3, 576 x 128 x 1024}. */
  public String text() {
    return "%d x %d, %d x %d x %d".formatted(height, vectors, columns, rows, depthBytes);
  }

  /** How many steps of a sum are packed at once. */
  int depth(ElementType type) {
    return depthBytes / type.bytes();
  }

  /** Rows of tiles, from the full one to those for what is left over. */
  List<Integer> heights() {
    List<Integer> heights = new ArrayList<>(List.of(height));
    for (int smaller = Integer.highestOneBit(height); smaller > 0; smaller /= 2) {
      if (smaller < height) {
        heights.add(smaller);
      }
    }
    return heights;
  }

  /** Rows of a panel of the left side: whole vectors and whole tiles. */
  int panelHeight(int lanes) {
    return panelHeight(height, lanes);
  }

  private static int panelHeight(int height, int lanes) {
    int rows = height;
    while (rows % lanes != 0) {
      rows += height;
    }
    return rows;
  }

  /** Where packed rows begin in a workspace, behind packed columns. */
  Index rowsBegin(ElementType type) {
    return Index.of((long) columns * depth(type));
  }

  /** Where the tile begins that takes sums which are not the target's yet. */
  Index tileBegins(ElementType type) {
    return Index.of((long) (columns + rows) * depth(type));
  }
}
