package dev.retain.runtime;

/**
 * A mistake of the user, or a limit of the machine, that one message explains completely: where it
 * is, what was expected, what was found, and what to do. A command prints the message alone.
 */
public class RetainException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RetainException(String message) {
    super(message);
  }

  public RetainException(String message, Throwable cause) {
    super(message, cause);
  }
}
