package dev.retain.benchmarks.ngram;

import java.util.Arrays;

/** Sequences of one length by their contexts: all of their bytes but the last. */
final class Level {
  private final Sequences sequences;
  private final Discounts discounts;
  private final long[] contexts;

  /** Where the sequences of a context begin; one more than there are contexts. */
  private final int[] starts;

  private final long[] totals;

  /** What a context leaves to shorter ones. */
  private final double[] left;

  Level(Sequences sequences) {
    this.sequences = sequences;
    this.discounts = Discounts.of(sequences.counts());
    long[] bytes = sequences.bytes();
    long[] found = new long[bytes.length];
    int[] from = new int[bytes.length + 1];
    int count = 0;
    for (int i = 0; i < bytes.length; i++) {
      long context = bytes[i] >>> Byte.SIZE;
      if (count == 0 || found[count - 1] != context) {
        from[count] = i;
        found[count++] = context;
      }
    }
    from[count] = bytes.length;
    this.contexts = Arrays.copyOf(found, count);
    this.starts = Arrays.copyOf(from, count + 1);
    this.totals = new long[count];
    this.left = new double[count];
    for (int context = 0; context < count; context++) {
      double taken = 0;
      for (int i = starts[context]; i < starts[context + 1]; i++) {
        totals[context] += sequences.counts()[i];
        taken += discounts.off(sequences.counts()[i]);
      }
      left[context] = taken / totals[context];
    }
  }

  /**
   * How probable a byte is.
   *
   * @param shorter the same by the context without its first byte
   */
  double probability(long context, int next, double shorter) {
    int place = Arrays.binarySearch(contexts, context);
    if (place < 0) {
      return shorter;
    }
    return seen(place, context << Byte.SIZE | next) + left[place] * shorter;
  }

  private double seen(int place, long sequence) {
    int found = Arrays.binarySearch(sequences.bytes(), starts[place], starts[place + 1], sequence);
    if (found < 0) {
      return 0;
    }
    int count = sequences.counts()[found];
    return (count - discounts.off(count)) / totals[place];
  }
}
