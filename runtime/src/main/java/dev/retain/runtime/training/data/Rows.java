package dev.retain.runtime.training.data;

import dev.retain.runtime.training.TrainingBatch;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Cuts rows out of a corpus. The last token of a document predicts nothing, and where another
 * begins inside a row, all before it is forgotten.
 */
final class Rows {
  private final Corpus corpus;
  private final int length;
  private final Optional<int[]> bytesOfToken;

  /**
   * @param length tokens of a row
   * @param bytesOfToken how many bytes of text each token stands for, if that is known
   */
  Rows(Corpus corpus, int length, Optional<int[]> bytesOfToken) {
    this.corpus = corpus;
    this.length = length;
    this.bytesOfToken = bytesOfToken;
  }

  Corpus corpus() {
    return corpus;
  }

  int length() {
    return length;
  }

  /** A place in a corpus from which on a row is filled, up to another; what is left is padding. */
  record Span(long from, long to) {}

  /**
   * @param continues whether the states of the batch before are kept, so that a document that
   *     begins at the start of a row has to say so
   */
  DataBatch batch(Span[] spans, boolean continues) {
    int[][] tokens = new int[spans.length][length];
    int[][] targets = new int[spans.length][length];
    boolean[][] resets = new boolean[spans.length][length];
    boolean anyReset = false;
    long bytes = 0;
    for (int row = 0; row < spans.length; row++) {
      Span span = spans[row];
      int count = Math.clamp(span.to() - span.from(), 0, length);
      long nextStart = corpus.nextStart(span.from());
      for (int step = 0; step < length; step++) {
        targets[row][step] = TrainingBatch.NONE;
        if (step >= count) {
          continue;
        }
        long place = span.from() + step;
        tokens[row][step] = corpus.token(place);
        if (place == nextStart) {
          resets[row][step] = step > 0 || continues;
          anyReset |= resets[row][step];
          nextStart = corpus.nextStart(place + 1);
        }
        if (place + 1 < nextStart) {
          int target = corpus.token(place + 1);
          targets[row][step] = target;
          bytes += bytesOfToken.map(lengths -> lengths[target]).orElse(0);
        }
      }
    }
    return new DataBatch(
        new TrainingBatch(tokens, targets, anyReset ? Optional.of(resets) : Optional.empty()),
        continues,
        bytesOfToken.isPresent() ? OptionalLong.of(bytes) : OptionalLong.empty());
  }
}
