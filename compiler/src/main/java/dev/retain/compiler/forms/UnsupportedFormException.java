package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;

/** A recurrence that has no such form, or whose form cannot be derived yet. */
public final class UnsupportedFormException extends Exception {
  private static final long serialVersionUID = 1;
  private final transient Span span;
  private final String help;

  UnsupportedFormException(Span span, String message, String help) {
    super(message);
    this.span = span;
    this.help = help;
  }

  public Span span() {
    return span;
  }

  public String help() {
    return help;
  }
}
