package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;

/** A name where it is declared or used. */
public record Name(String text, Span span) {
  @Override
  public String toString() {
    return text;
  }
}
