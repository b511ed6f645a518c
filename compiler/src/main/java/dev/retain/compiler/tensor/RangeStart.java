package dev.retain.compiler.tensor;

/** Where a range of steps of a block begins. */
public enum RangeStart {
  /** With the first step. */
  FIRST,
  /** With the step after the one along {@link Axis#SOURCE}. */
  AFTER_SOURCE
}
