package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;

/** What computes a value. Trees are at most {@value Nesting#LIMIT} nodes deep. */
public sealed interface Expression {
  /** Without the parentheses around the expression, which are not kept. */
  Span span();

  /**
   * {@code 1e-6}.
   *
   * @param text as written
   */
  record NumberLiteral(double value, String text, Span span) implements Expression {}

  /** {@code true} or {@code false}. */
  record FlagLiteral(boolean value, Span span) implements Expression {}

  /** {@code x}. */
  record NameExpression(String name, Span span) implements Expression {}

  /** {@code S'}: the state after the step. */
  record PrimedName(String name, Span span) implements Expression {}

  /** {@code -x} or {@code not c}. */
  record Unary(UnaryOperator operator, Expression operand, Span span) implements Expression {}

  /** {@code a + b}. */
  record Binary(BinaryOperator operator, Expression left, Expression right, Span span)
      implements Expression {}

  /** {@code if c then a else b}. */
  record Conditional(Expression condition, Expression whenTrue, Expression whenFalse, Span span)
      implements Expression {}

  /** {@code f(a, b, q = c over K)}: a function, a layer inside, or a recurrence. */
  record CallExpression(Name function, Arguments arguments, Span span) implements Expression {}

  /** {@code table[i]}. */
  record IndexExpression(Expression table, Expression index, Span span) implements Expression {}
}
