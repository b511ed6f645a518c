package dev.retain.runtime.training.blocks;

import java.util.EnumMap;
import java.util.Map;

/** A program for each way, in whose memory all blocks are gone through, one after the other. */
final class SharedBlocks implements AutoCloseable {
  private final BlockGradientModel model;
  private final Sequences sequences;
  private final Map<Way, Bound> dense = new EnumMap<>(Way.class);
  private final Map<Way, Bound> ragged = new EnumMap<>(Way.class);

  SharedBlocks(BlockGradientModel model, Sequences sequences) {
    this.model = model;
    this.sequences = sequences;
  }

  /** One for blocks of so many steps and more. */
  Bound of(Way way, boolean isRagged, int length) {
    Map<Way, Bound> bound = isRagged ? ragged : dense;
    Bound known = bound.get(way);
    if (known != null && known.capacity() >= length) {
      return known;
    }
    if (known != null) {
      known.close();
      bound.remove(way);
    }
    Bound fitting = model.bind(isRagged, way, sequences, length);
    bound.put(way, fitting);
    return fitting;
  }

  long bytes() {
    return bytes(dense) + bytes(ragged);
  }

  private static long bytes(Map<Way, Bound> programs) {
    return programs.values().stream().mapToLong(Bound::bytes).sum();
  }

  @Override
  public void close() {
    dense.values().forEach(Bound::close);
    ragged.values().forEach(Bound::close);
  }
}
