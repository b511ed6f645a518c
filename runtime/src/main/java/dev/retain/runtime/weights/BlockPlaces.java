package dev.retain.runtime.weights;

import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ParameterDescription;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Where the elements of a parameter are that lies in blocks of columns. */
final class BlockPlaces {
  private final ParameterDescription parameter;
  private final boolean blocked;
  private final int block;
  private final long rows;
  private final long columns;

  BlockPlaces(ParameterDescription parameter) {
    this.parameter = parameter;
    this.blocked = parameter.storage().rows() > 0;
    this.block = parameter.storage().block();
    long[] shape = parameter.storedShape();
    this.rows = blocked ? shape[1] : 0;
    this.columns = blocked ? shape[0] * shape[2] : 0;
  }

  /** The place in memory of an element, by its row-major place. */
  long of(long place) {
    if (!blocked) {
      return place;
    }
    long row = place / columns;
    long column = place % columns;
    return (column / block * rows + row) * block + column % block;
  }

  /** A copy in blocks of what is row-major; itself if the parameter does not lie in blocks. */
  NativeTensor inBlocks(NativeTensor rowMajor, Arena arena) {
    if (!blocked) {
      return rowMajor;
    }
    NativeTensor copy = NativeTensor.allocate(arena, rowMajor.type(), parameter.storedShape());
    long bytes = (long) block * rowMajor.type().bytes();
    for (long place = 0; place < rowMajor.size(); place += block) {
      copy(rowMajor, place, copy, of(place), bytes);
    }
    return copy;
  }

  /** The way back. */
  NativeTensor rowMajor(NativeTensor inBlocks, Arena arena) {
    if (!blocked) {
      return inBlocks;
    }
    NativeTensor copy = NativeTensor.allocate(arena, inBlocks.type(), parameter.shapeAfter());
    long bytes = (long) block * inBlocks.type().bytes();
    for (long place = 0; place < copy.size(); place += block) {
      copy(inBlocks, of(place), copy, place, bytes);
    }
    return copy;
  }

  private static void copy(NativeTensor from, long at, NativeTensor to, long place, long bytes) {
    int size = from.type().bytes();
    MemorySegment.copy(from.segment(), at * size, to.segment(), place * size, bytes);
  }
}
