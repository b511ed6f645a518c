package dev.retain.runtime.program;

/** What a buffer of a program is for, and so where its memory comes from. */
public enum Role {
  /** A parameter, by its path. */
  PARAMETER,
  /** A constant, by its path; float64. */
  CONSTANT,
  /** What every run brings: one of {@link Inputs}. */
  INPUT,
  /** A state before the block, by its path: [batch, ...]. */
  STATE,
  /** The same state after the block, in other memory. */
  NEXT_STATE,
  /** The logits: [batch, time, vocabulary], or [batch, vocabulary] in the recurrent form. */
  OUTPUT,
  /**
   * What has flowed back, by one of the names of {@link Gradients}: a run adds to it. Its memory is
   * given to the program.
   */
  GRADIENT,
  /** Alive between two steps only; its memory is used again. */
  SCRATCH,
  /** Depends on constants and on the block's batch and time alone; kept from run to run. */
  STATIC,
  /** Memory of each worker alone, for one step: its size is that of one worker. */
  WORKSPACE
}
