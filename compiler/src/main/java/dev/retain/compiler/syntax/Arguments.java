package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;
import java.util.List;

/**
 * {@code (a, b, q = c over K)}.
 *
 * @param over the axes to work over; empty where none are written
 * @param span from bracket to bracket
 */
public record Arguments(
    List<Expression> positional, List<NamedArgument> named, List<Name> over, Span span) {
  public Arguments {
    positional = List.copyOf(positional);
    named = List.copyOf(named);
    over = List.copyOf(over);
  }

  /** {@code q = c}. */
  public record NamedArgument(Name name, Expression value, Span span) {}
}
