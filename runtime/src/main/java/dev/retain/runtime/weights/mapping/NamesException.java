package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.RetainException;

/** A file of names that cannot be used; the message says where, what was expected, what to do. */
public final class NamesException extends RetainException {
  private static final long serialVersionUID = 1L;

  NamesException(String origin, String message) {
    super(origin + ": " + message);
  }
}
