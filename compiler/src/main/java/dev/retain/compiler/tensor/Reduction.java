package dev.retain.compiler.tensor;

/** How the elements along an axis become one. */
public enum Reduction {
  SUM,
  MAXIMUM
}
