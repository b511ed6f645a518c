package dev.retain.runtime;

/** A model, a jar, or a saved state that cannot be used; the message says why and what to do. */
public final class ModelException extends RetainException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
