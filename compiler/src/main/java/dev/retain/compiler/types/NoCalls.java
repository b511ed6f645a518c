package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import java.util.Map;

/** A recurrence by itself calls neither layers nor recurrences. */
final class NoCalls implements Evaluator.Calls {
  @Override
  public Value layer(
      Environment.Instance layer, Map<String, Value> inputs, Span span, Environment caller) {
    throw new AssertionError(layer);
  }

  @Override
  public Value recurrence(
      RecurrenceDeclaration declaration,
      Scope.Entry scope,
      Map<String, Value> inputs,
      Expression.CallExpression call,
      Environment caller) {
    throw new AssertionError(declaration);
  }
}
