package dev.retain.runtime.text;

import dev.retain.runtime.RetainException;

/** Text that cannot be read as what it should be; the message says where and what to do. */
public final class TextException extends RetainException {
  private static final long serialVersionUID = 1L;

  TextException(String message) {
    super(message);
  }
}
