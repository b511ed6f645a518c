package dev.retain.runtime.training.data;

import java.util.Optional;

/**
 * Rows that go on where the batch before ended, for states that are carried: the corpus is cut into
 * as many lanes as a batch has rows, which are read side by side.
 */
public final class ContinuedRows implements Batches {
  private final Rows rows;
  private final int batch;
  private final long lane;
  private final long batchesOfEpoch;

  /**
   * @param batch rows of a batch
   * @param length tokens of a row
   * @param bytesOfToken how many bytes of text each token stands for, if that is known
   */
  public ContinuedRows(Corpus corpus, int batch, int length, Optional<int[]> bytesOfToken) {
    this.rows = new Rows(corpus, length, bytesOfToken);
    this.batch = batch;
    this.lane = Math.ceilDiv(Math.max(1, corpus.size() - 1), batch);
    this.batchesOfEpoch = Math.ceilDiv(lane, length);
  }

  @Override
  public DataBatch memory() {
    return new DataBatch(batch, rows.length());
  }

  @Override
  public void read(long number, DataBatch memory) {
    long index = number % batchesOfEpoch;
    rows.begin(memory, index > 0);
    for (int row = 0; row < batch; row++) {
      long end = Math.min((row + 1) * lane, rows.corpus().size());
      rows.write(memory, row, row * lane + index * rows.length(), end);
    }
  }

  @Override
  public double epoch(long number) {
    return (double) number / batchesOfEpoch;
  }
}
