package dev.retain.cli.tune;

import dev.retain.compiler.tuning.Choice;

/** A kind of work that may be cut in several ways. */
interface Workload extends AutoCloseable {
  /** Its name: reading or training. */
  String name();

  /** How it is cut if nothing was measured. */
  Choice usual();

  /** The tokens of one run. */
  int tokens();

  /** One run of the work, cut as is said; the first call makes its kernels. */
  Runnable cut(Choice choice);

  /**
   * Forgets all kernels. The JVM compiles the first ones of a program otherwise than later ones, so
   * that only those are compared that were made after the same beginning.
   */
  void forget();

  @Override
  void close();
}
