package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Fills a dense tensor from memory that has its axes in another order: {@code target[i, j, ...] =
 * source[i * si + j * sj + ...]}. Where the innermost axes differ, tiles go through a small
 * transposed block, so that both sides are read and written in runs.
 */
final class StridedCopy {
  /** One axis of the target: its size, and its steps in the source and in the target. */
  private record Loop(long size, long source, long target) {}

  private static final int TILE = 64;

  private final ElementType type;
  private final ValueLayout layout;
  private final MemorySegment source;
  private final MemorySegment target;
  private final List<Loop> loops;

  private StridedCopy(NativeTensor source, NativeTensor target, List<Loop> loops) {
    this.type = target.type();
    this.layout = type == ElementType.F32 ? ValueLayout.JAVA_INT : ValueLayout.JAVA_LONG;
    this.source = source.segment();
    this.target = target.segment();
    this.loops = loops;
  }

  /**
   * Copies.
   *
   * @param sizes the axes of the target, outermost first; their product is its size
   * @param strides the step of each in the source, in elements; 0 repeats
   */
  static void copy(NativeTensor source, NativeTensor target, long[] sizes, long[] strides) {
    if (source.type() != target.type()) {
      throw new IllegalArgumentException("cannot copy " + source + " into " + target);
    }
    if (target.size() > 0) {
      new StridedCopy(source, target, merged(sizes, strides)).run();
    }
  }

  /** Whether the target has its elements in the very order of the source. */
  static boolean isPlain(long[] sizes, long[] strides) {
    List<Loop> loops = merged(sizes, strides);
    return loops.size() == 1 && loops.getFirst().source() == 1;
  }

  /** Neighbouring axes that are one axis on both sides become one; axes of size 1 vanish. */
  private static List<Loop> merged(long[] sizes, long[] strides) {
    List<Loop> loops = new ArrayList<>();
    long step = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      Loop loop = new Loop(sizes[axis], strides[axis], step);
      step *= sizes[axis];
      if (loop.size() == 1) {
        continue;
      }
      Loop inner = loops.isEmpty() ? null : loops.getFirst();
      if (inner != null && loop.source() == inner.source() * inner.size()) {
        loops.set(0, new Loop(loop.size() * inner.size(), inner.source(), inner.target()));
      } else {
        loops.addFirst(loop);
      }
    }
    return loops.isEmpty() ? List.of(new Loop(1, 1, 1)) : loops;
  }

  private void run() {
    List<Loop> outer = new ArrayList<>(loops);
    Loop rows = outer.removeLast();
    Loop columns =
        outer.stream().filter(loop -> loop.source() == 1).findFirst().orElse(new Loop(1, 1, 1));
    outer.remove(columns);
    run(outer, 0, 0, rows, columns);
  }

  private void run(List<Loop> outer, long from, long to, Loop rows, Loop columns) {
    if (outer.isEmpty()) {
      if (rows.source() == 1) {
        copyRun(from, to, rows.size());
      } else {
        copyTiles(from, to, rows, columns);
      }
      return;
    }
    Loop loop = outer.getFirst();
    List<Loop> inner = outer.subList(1, outer.size());
    for (long i = 0; i < loop.size(); i++) {
      run(inner, from + i * loop.source(), to + i * loop.target(), rows, columns);
    }
  }

  private void copyRun(long from, long to, long count) {
    int bytes = type.bytes();
    MemorySegment.copy(source, from * bytes, target, to * bytes, count * bytes);
  }

  private void copyTiles(long from, long to, Loop rows, Loop columns) {
    Tile tile = type == ElementType.F32 ? new IntTile() : new LongTile();
    for (long row = 0; row < rows.size(); row += TILE) {
      int rowCount = (int) Math.min(TILE, rows.size() - row);
      for (long column = 0; column < columns.size(); column += TILE) {
        int columnCount = (int) Math.min(TILE, columns.size() - column);
        for (int r = 0; r < rowCount; r++) {
          long start = (from + (row + r) * rows.source() + column) * type.bytes();
          MemorySegment.copy(source, layout, start, tile.rows(), r * TILE, columnCount);
        }
        tile.transpose(rowCount, columnCount);
        for (int c = 0; c < columnCount; c++) {
          long start = (to + (column + c) * columns.target() + row) * type.bytes();
          MemorySegment.copy(tile.columns(), c * TILE, target, layout, start, rowCount);
        }
      }
    }
  }

  /** A block of elements as bits, by rows and by columns; each line takes TILE places. */
  private sealed interface Tile {
    Object rows();

    Object columns();

    void transpose(int rowCount, int columnCount);
  }

  private record IntTile(int[] rows, int[] columns) implements Tile {
    IntTile() {
      this(new int[TILE * TILE], new int[TILE * TILE]);
    }

    @Override
    public void transpose(int rowCount, int columnCount) {
      for (int c = 0; c < columnCount; c++) {
        for (int r = 0; r < rowCount; r++) {
          columns[c * TILE + r] = rows[r * TILE + c];
        }
      }
    }
  }

  private record LongTile(long[] rows, long[] columns) implements Tile {
    LongTile() {
      this(new long[TILE * TILE], new long[TILE * TILE]);
    }

    @Override
    public void transpose(int rowCount, int columnCount) {
      for (int c = 0; c < columnCount; c++) {
        for (int r = 0; r < rowCount; r++) {
          columns[c * TILE + r] = rows[r * TILE + c];
        }
      }
    }
  }
}
