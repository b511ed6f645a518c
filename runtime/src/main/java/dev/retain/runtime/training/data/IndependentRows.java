package dev.retain.runtime.training.data;

import dev.retain.runtime.training.Mixing;
import java.util.Optional;

/**
 * Rows that each begin from rest: the corpus is cut into rows of equal length, and all of them are
 * used once before any is used again.
 */
public final class IndependentRows implements Batches {
  private final Rows rows;
  private final int batch;
  private final Order order;
  private final long seed;
  private final long count;
  private long epochOfPermutation = -1;
  private Permutation permutation;

  /**
   * @param batch rows of a batch
   * @param length tokens of a row
   * @param bytesOfToken how many bytes of text each token stands for, if that is known
   * @param seed of a shuffled order
   */
  public IndependentRows(
      Corpus corpus, int batch, int length, Optional<int[]> bytesOfToken, Order order, long seed) {
    this.rows = new Rows(corpus, length, bytesOfToken);
    this.batch = batch;
    this.order = order;
    this.seed = seed;
    // The last token of all predicts nothing, so that it needs no row of its own.
    this.count = Math.ceilDiv(Math.max(1, corpus.size() - 1), length);
  }

  /** How many different rows there are. */
  public long count() {
    return count;
  }

  @Override
  public DataBatch memory() {
    return new DataBatch(batch, rows.length());
  }

  @Override
  public void read(long number, DataBatch memory) {
    rows.begin(memory, false);
    for (int row = 0; row < batch; row++) {
      write(memory, row, at(number * batch + row));
    }
  }

  /**
   * Rows in the order of the corpus, such as for validation.
   *
   * @param which the numbers of the rows, below {@link #count}; -1 for a row of padding
   */
  DataBatch batchOf(long[] which) {
    DataBatch memory = new DataBatch(which.length, rows.length());
    rows.begin(memory, false);
    for (int row = 0; row < which.length; row++) {
      if (which[row] >= 0) {
        write(memory, row, which[row]);
      }
    }
    return memory;
  }

  private void write(DataBatch memory, int row, long number) {
    rows.write(memory, row, number * rows.length(), rows.corpus().size());
  }

  private long at(long place) {
    long epoch = place / count;
    long index = place % count;
    return switch (order) {
      case SEQUENTIAL -> index;
      case SHUFFLED -> permutation(epoch).at(index);
    };
  }

  private Permutation permutation(long epoch) {
    if (epochOfPermutation != epoch) {
      permutation = new Permutation(count, Mixing.mix(seed, epoch));
      epochOfPermutation = epoch;
    }
    return permutation;
  }

  @Override
  public double epoch(long number) {
    return (double) number * batch / count;
  }
}
