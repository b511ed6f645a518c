package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;

/**
 * {@code import std.layers} or {@code import "retention.ret"}.
 *
 * @param target the dotted name, or the path without its quotes
 * @param span the target's place
 */
public record Import(Kind kind, String target, Span span) {
  /** How the file is named. */
  public enum Kind {
    STANDARD,
    PATH
  }
}
