package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;
import java.util.List;
import java.util.Optional;

/**
 * {@code eps = 1e-6}, or {@code activation: swish | gelu = swish}.
 *
 * @param choices names of functions; empty for a number or a flag
 */
public record Hyperparameter(
    Name name, List<Name> choices, Optional<Expression> defaultValue, Span span) {
  public Hyperparameter {
    choices = List.copyOf(choices);
  }
}
