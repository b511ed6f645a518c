package dev.retain.runtime.training.data;

/** In which order the rows of a corpus are used. */
public enum Order {
  /** As they stand in the corpus. */
  SEQUENTIAL,
  /** In another order in each epoch. */
  SHUFFLED
}
