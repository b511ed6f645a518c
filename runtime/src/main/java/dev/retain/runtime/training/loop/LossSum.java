package dev.retain.runtime.training.loop;

import dev.retain.runtime.training.data.DataBatch;

/** Sums losses of batches. */
final class LossSum {
  private double nats;
  private long targets;
  private long bytes;
  private boolean isText = true;

  void clear() {
    nats = 0;
    targets = 0;
    bytes = 0;
    isText = true;
  }

  void add(double loss, DataBatch batch) {
    nats += loss;
    targets += batch.batch().targetCount();
    bytes += batch.bytes();
    isText &= batch.isText();
  }

  /** In nats, for each target. */
  double mean() {
    return nats / Math.max(1, targets);
  }

  /** No number if the text is not known. */
  double bitsPerByte() {
    return isText && bytes > 0 ? nats / bytes / StrictMath.log(2) : Double.NaN;
  }

  long targets() {
    return targets;
  }
}
