package dev.retain.compiler.proof;

/** Where a sequence stands before its first step. */
enum Start {
  /** The initial states, no step made. */
  REST,
  /** Any states, no step made. */
  ANY_STATE,
  /** Any states after any number of steps. */
  LATER
}
