package dev.retain.compiler.recurrence;

import dev.retain.compiler.diagnostics.Span;

/** A term of a recurrence that has no place in the normal form, and why. */
public final class NotLinearException extends Exception {
  private static final long serialVersionUID = 1;
  private final transient Span span;
  private final String help;

  NotLinearException(Span span, String message, String help) {
    super(message);
    this.span = span;
    this.help = help;
  }

  public Span span() {
    return span;
  }

  /** What would make it linear. */
  public String help() {
    return help;
  }
}
