package dev.retain.compiler.tensor;

/** How an input of a recurrence changes with time. */
public enum Role {
  /** The same at every step, not learned. */
  CONST,
  /** The same at every step, learned. */
  PARAM,
  /** New at every step. */
  IN
}
