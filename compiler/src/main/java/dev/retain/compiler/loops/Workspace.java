package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.util.List;

/**
 * Memory in which a worker packs what it multiplies: as much as stays in the second level of cache
 * while tiles read it again and again.
 */
public final class Workspace {
  /** Columns of the right side that are packed at once: a multiple of every panel's width. */
  static final int COLUMNS = 576;

  /** Rows of the left side that are packed at once: a multiple of every panel's height. */
  static final int ROWS = 128;

  /** A column of a panel takes this many bytes at most. */
  private static final int DEPTH_BYTES = 1024;

  /** Room for one tile, with a distance that keeps workers out of each other's lines. */
  private static final int TILE_BYTES = 2048;

  private Workspace() {}

  /** How many steps of a sum are packed at once. */
  static int depth(ElementType type) {
    return DEPTH_BYTES / type.bytes();
  }

  /** Where packed rows begin, behind packed columns. */
  static Index rows(ElementType type) {
    return Index.of((long) COLUMNS * depth(type));
  }

  /** Where the tile begins that takes sums which are not the target's yet. */
  static Index tile(ElementType type) {
    return Index.of((long) (COLUMNS + ROWS) * depth(type));
  }

  /** Elements of one worker. */
  static int size(ElementType type) {
    return (COLUMNS + ROWS) * depth(type) + TILE_BYTES / type.bytes();
  }

  /** The buffer that a kernel asks for; the runtime keeps one for each worker. */
  public static Buffer buffer(ElementType type) {
    return new Buffer(
        -1, "workspace", Role.WORKSPACE, type, List.of(Axis.of("element", size(type))));
  }
}
