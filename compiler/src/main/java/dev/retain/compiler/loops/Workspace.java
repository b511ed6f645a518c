package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.util.List;

/**
 * Memory in which a worker packs what it multiplies: as much as stays in the second level of cache
 * while tiles read it again and again. Its size is the same for all {@link Tiling}s, since kernels
 * for several widths of vectors share it.
 */
public final class Workspace {
  /** What packed columns and rows take together, at most. */
  static final int PACKED_BYTES = 704 << 10;

  /** Room for the sums of a panel of rows, and for a distance between workers' lines. */
  private static final int TILE_BYTES = 8192;

  private Workspace() {}

  /** Elements of one worker. */
  private static int size(ElementType type) {
    return (PACKED_BYTES + TILE_BYTES) / type.bytes();
  }

  /** The buffer that a kernel asks for; the runtime keeps one for each worker. */
  public static Buffer buffer(ElementType type) {
    return new Buffer(
        -1, "workspace", Role.WORKSPACE, type, List.of(Axis.of("element", size(type))));
  }
}
