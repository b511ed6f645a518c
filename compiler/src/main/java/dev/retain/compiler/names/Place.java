package dev.retain.compiler.names;

/** Where expressions stand, as far as it limits what they may call. */
enum Place {
  FUNCTION,
  LAYER,
  RECURRENCE,
  FORM
}
