package dev.retain.benchmarks.ngram;

import dev.retain.runtime.training.data.Corpus;
import java.util.ArrayList;
import java.util.List;

/**
 * The next byte by interpolated, modified Kneser-Ney smoothing (Chen and Goodman, 1998). The
 * longest sequences count how often they occur, shorter ones in how many ways they go on to the
 * left, where the start of a document is one way. Below single bytes all 256 are alike.
 */
final class KneserNey {
  /** As many bytes as a {@code long} has. */
  static final int LARGEST_ORDER = Long.BYTES;

  private static final double UNIFORM = 1.0 / 256;

  /** Of 0 bytes of context, of 1, and so on. */
  private final List<Level> levels;

  private KneserNey(List<Level> levels) {
    this.levels = List.copyOf(levels);
  }

  /**
   * Counts.
   *
   * @param corpus of bytes
   * @param order bytes of the longest sequences, from 1 to {@link #LARGEST_ORDER}
   */
  static KneserNey of(Corpus corpus, int order) {
    List<Level> levels = new ArrayList<>();
    Sequences sequences = Sequences.of(corpus, order);
    levels.add(new Level(sequences));
    for (int length = order - 1; length >= 1; length--) {
      sequences = sequences.shorter(corpus);
      levels.addFirst(new Level(sequences));
    }
    return new KneserNey(levels);
  }

  /**
   * How probable a byte is.
   *
   * @param history the bytes before it, the last one lowest
   * @param known how many of them there are
   */
  double probability(long history, long known, int next) {
    double probability = UNIFORM;
    for (int length = 0; length < levels.size() && length <= known; length++) {
      long context = history & Sequences.mask(length);
      probability = levels.get(length).probability(context, next, probability);
    }
    return probability;
  }

  /** The mean of the bits that all bytes but the first of each document take. */
  double bitsPerByte(Corpus corpus) {
    double bits = 0;
    for (long start = 0; start < corpus.size(); ) {
      long end = corpus.nextStart(start + 1);
      long history = corpus.token(start);
      for (long i = start + 1; i < end; i++) {
        int next = corpus.token(i);
        bits -= Math.log(probability(history, i - start, next)) / Math.log(2);
        history = history << Byte.SIZE | next;
      }
      start = end;
    }
    return bits / corpus.targets();
  }
}
