package dev.retain.compiler.tuning;

import dev.retain.compiler.loops.Tiling;

/**
 * How one kind of work is cut.
 *
 * @param chunk steps of a chunk; in training at most, since a row may be shorter
 * @param tiling of products
 */
public record Choice(int chunk, Tiling tiling) {
  public Choice {
    if (chunk < 1) {
      throw new IllegalArgumentException("a chunk has at least one step, not " + chunk);
    }
  }

  /** For people. */
  public String text() {
    return "chunks of %d, tiles %d x %d in blocks of %d x %d x %d bytes"
        .formatted(
            chunk,
            tiling.height(),
            tiling.vectors(),
            tiling.columns(),
            tiling.rows(),
            tiling.depthBytes());
  }
}
