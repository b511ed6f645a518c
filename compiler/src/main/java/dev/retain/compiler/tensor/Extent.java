package dev.retain.compiler.tensor;

/** The size of an axis. Batch and time are only known when a program runs; all else is static. */
public sealed interface Extent {
  record Fixed(int size) implements Extent {
    public Fixed {
      if (size < 1) {
        throw new IllegalArgumentException("an axis needs at least one element, not " + size);
      }
    }

    @Override
    public String toString() {
      return Integer.toString(size);
    }
  }

  /** A size that each run brings. */
  enum Symbol implements Extent {
    /** The number of sequences. */
    BATCH,
    /** The number of steps of a block. */
    TIME;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
