package dev.retain.runtime.weights;

import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Storage;

/** Where the elements of a parameter are that lies in blocks of columns. */
final class BlockPlaces {
  private final boolean blocked;
  private final long rows;
  private final long columns;

  BlockPlaces(ParameterDescription parameter) {
    this.blocked = parameter.storage().rows() > 0;
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
    return (column / Storage.BLOCK * rows + row) * Storage.BLOCK + column % Storage.BLOCK;
  }
}
