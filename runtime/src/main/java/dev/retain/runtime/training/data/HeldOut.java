package dev.retain.runtime.training.data;

import java.util.Arrays;
import java.util.Optional;

/**
 * Text that is kept from training, to be measured: rows that each begin from rest, always the same
 * ones.
 */
public final class HeldOut {
  private final IndependentRows rows;
  private final int batch;
  private final long wanted;

  /**
   * @param batch rows of a batch
   * @param length tokens of a row
   * @param bytesOfToken how many bytes of text each token stands for, if that is known
   * @param mostTokens if the corpus has more, rows are taken from it at equal distances
   */
  public HeldOut(
      Corpus corpus, int batch, int length, Optional<int[]> bytesOfToken, long mostTokens) {
    this.rows = new IndependentRows(corpus, batch, length, bytesOfToken, Order.SEQUENTIAL, 0);
    this.batch = batch;
    this.wanted = Math.clamp(mostTokens / length, 1, rows.count());
  }

  public long batches() {
    return Math.ceilDiv(wanted, batch);
  }

  /** One of the batches; the last may have rows of padding. */
  public DataBatch batch(long number) {
    long[] which = new long[batch];
    Arrays.setAll(
        which,
        row -> {
          long index = number * batch + row;
          return index < wanted ? Math.multiplyExact(index, rows.count()) / wanted : -1;
        });
    return rows.batchOf(which);
  }
}
