package dev.retain.runtime.memory;

import dev.retain.runtime.RetainException;

/**
 * Something does not fit into memory; the message says how much is needed and how much there is.
 */
public final class MemoryException extends RetainException {
  private static final long serialVersionUID = 1L;

  MemoryException(String message) {
    super(message);
  }
}
