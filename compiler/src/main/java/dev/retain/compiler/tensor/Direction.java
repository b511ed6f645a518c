package dev.retain.compiler.tensor;

/** Which way an operation goes along the steps of a block. */
public enum Direction {
  /** From the first step to the last. */
  FORWARD,
  /** From the last step to the first. */
  BACKWARD
}
