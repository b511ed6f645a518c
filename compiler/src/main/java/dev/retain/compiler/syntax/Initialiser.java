package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;
import java.util.List;

/** The values of a parameter or constant before any training. */
public sealed interface Initialiser {
  Span span();

  /** {@code = e}: every element is the number e. */
  record Constant(Expression value, Span span) implements Initialiser {}

  /** {@code gamma[h: head, j: pair] = e}: e for every h and j; the type has their axes. */
  record Elementwise(List<IndexVariable> variables, Expression value, Span span)
      implements Initialiser {
    public Elementwise {
      variables = List.copyOf(variables);
    }
  }

  /** {@code ~ normal(0.02)}. */
  record Random(Name distribution, Arguments arguments, Span span) implements Initialiser {}
}
