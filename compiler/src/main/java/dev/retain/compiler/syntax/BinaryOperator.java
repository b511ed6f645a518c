package dev.retain.compiler.syntax;

/** An operator between two operands. */
public enum BinaryOperator {
  OR("or"),
  AND("and"),
  EQUAL("=="),
  NOT_EQUAL("!="),
  LESS("<"),
  LESS_OR_EQUAL("<="),
  GREATER(">"),
  GREATER_OR_EQUAL(">="),
  ADD("+"),
  SUBTRACT("-"),
  MULTIPLY("*"),
  DIVIDE("/"),
  /** Multiplies and sums over every axis that both operands name. */
  CONTRACT("@"),
  POWER("^");

  private final String symbol;

  BinaryOperator(String symbol) {
    this.symbol = symbol;
  }

  public String symbol() {
    return symbol;
  }
}
