package dev.retain.runtime.training;

import dev.retain.runtime.RetainException;

/** Training that cannot begin or go on; the message says why, what is kept, and what to do. */
public final class TrainingException extends RetainException {
  private static final long serialVersionUID = 1L;

  public TrainingException(String message) {
    super(message);
  }
}
