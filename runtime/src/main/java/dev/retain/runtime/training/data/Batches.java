package dev.retain.runtime.training.data;

/** Batches by their numbers, without end: the data begins again when it is through. */
public interface Batches {
  /** The batch of a number from 0; always the same one. */
  DataBatch batch(long number);

  /** How often the whole data has been used before the batch of a number, such as 1.5. */
  double epoch(long number);
}
