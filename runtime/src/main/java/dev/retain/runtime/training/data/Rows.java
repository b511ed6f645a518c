package dev.retain.runtime.training.data;

import java.util.Optional;

/**
 * Cuts rows out of a corpus. The last token of a document predicts nothing, and where another
 * begins inside a row, all before it is forgotten.
 */
final class Rows {
  private final Corpus corpus;
  private final int length;
  private final boolean isText;
  private final int[] bytesOfToken;

  /**
   * @param length tokens of a row
   * @param bytesOfToken how many bytes of text each token stands for, if that is known
   */
  Rows(Corpus corpus, int length, Optional<int[]> bytesOfToken) {
    this.corpus = corpus;
    this.length = length;
    this.isText = bytesOfToken.isPresent();
    this.bytesOfToken = bytesOfToken.orElse(new int[0]);
  }

  Corpus corpus() {
    return corpus;
  }

  int length() {
    return length;
  }

  /**
   * Makes a batch of padding, to which rows are written.
   *
   * @param continues whether the states of the batch before are kept, so that a document that
   *     begins at the start of a row has to say so
   */
  void begin(DataBatch batch, boolean continues) {
    batch.clear(continues, isText);
  }

  /** Fills a row from a place in the corpus on, up to another; what is left stays padding. */
  void write(DataBatch batch, int row, long from, long to) {
    int count = Math.clamp(to - from, 0, length);
    long nextStart = corpus.nextStart(from);
    for (int step = 0; step < count; step++) {
      long place = from + step;
      batch.setToken(row, step, corpus.token(place));
      if (place == nextStart) {
        if (step > 0 || batch.continues()) {
          batch.setReset(row, step);
        }
        nextStart = corpus.nextStart(place + 1);
      }
      if (place + 1 < nextStart) {
        int target = corpus.token(place + 1);
        batch.setTarget(row, step, target, isText ? bytesOfToken[target] : 0);
      }
    }
  }
}
