package dev.retain.compiler.tensor;

/** Where a range of steps of a block ends. */
public enum RangeEnd {
  /** With the step before the one along {@link Axis#TIME}. */
  BEFORE_TIME,
  /** With the step along {@link Axis#TIME}. */
  TIME,
  /** With the last step. */
  LAST
}
