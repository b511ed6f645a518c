package dev.retain.compiler.fusion;

/** What a product of matrices may leave out, since no step reads what comes after it. */
public enum Triangle {
  /** Nothing. */
  NONE,

  /** Of the target, [..., time, source], what has a source after its time: it is 0. */
  TARGET,

  /**
   * The target has a row for each time, and the left side, [..., time, source], is 0 at sources
   * after it.
   */
  SOURCES,

  /**
   * The target has a row for each source, and the left side, [..., time, source], is 0 at times
   * before it.
   */
  TIMES
}
