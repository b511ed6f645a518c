package dev.retain.runtime.training.data;

/** Batches by their numbers, without end: the data begins again when it is through. */
public interface Batches {
  /** Memory for a batch. */
  DataBatch memory();

  /** Writes the batch of a number from 0, always the same one, to memory for a batch. */
  void read(long number, DataBatch memory);

  /** The batch of a number in memory of its own. */
  default DataBatch batch(long number) {
    DataBatch memory = memory();
    read(number, memory);
    return memory;
  }

  /** How often the whole data has been used before the batch of a number, such as 1.5. */
  double epoch(long number);
}
