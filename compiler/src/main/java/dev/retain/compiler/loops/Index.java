package dev.retain.compiler.loops;

import java.util.List;

/** A whole number known when a kernel runs: a loop bound or the place of an element in a buffer. */
public sealed interface Index {
  record Constant(long value) implements Index {}

  /** A loop variable, a {@link Statement.DefineIndex}, a parameter or a {@link Symbol}'s name. */
  record Variable(String name) implements Index {}

  record Sum(List<Index> terms) implements Index {
    public Sum {
      terms = List.copyOf(terms);
    }
  }

  record Product(List<Index> factors) implements Index {
    public Product {
      factors = List.copyOf(factors);
    }
  }

  /** Rounds towards zero; both sides are never negative in a loop program. */
  record Quotient(Index dividend, Index divisor) implements Index {}

  record Remainder(Index dividend, Index divisor) implements Index {}

  record Minimum(Index left, Index right) implements Index {}

  /** A whole number that a buffer of I64 holds, such as a token. */
  record Element(String buffer, Index place) implements Index {}

  Index ZERO = new Constant(0);
  Index ONE = new Constant(1);

  static Index of(long value) {
    return new Constant(value);
  }

  static Index variable(String name) {
    return new Variable(name);
  }

  /** The sum, with constants folded and zeros dropped. */
  default Index plus(Index other) {
    if (this instanceof Constant(long a) && other instanceof Constant(long b)) {
      return new Constant(a + b);
    }
    if (this.equals(ZERO)) {
      return other;
    }
    return other.equals(ZERO) ? this : new Sum(List.of(this, other));
  }

  default Index minus(Index other) {
    return plus(other.times(-1));
  }

  default Index times(Index other) {
    if (this instanceof Constant(long a) && other instanceof Constant(long b)) {
      return new Constant(a * b);
    }
    if (this.equals(ZERO) || other.equals(ZERO)) {
      return ZERO;
    }
    if (this.equals(ONE)) {
      return other;
    }
    return other.equals(ONE) ? this : new Product(List.of(this, other));
  }

  default Index times(long factor) {
    return times(of(factor));
  }

  default Index dividedBy(Index other) {
    if (this instanceof Constant(long a) && other instanceof Constant(long b)) {
      return new Constant(a / b);
    }
    return other.equals(ONE) ? this : new Quotient(this, other);
  }

  default Index dividedBy(long divisor) {
    return dividedBy(of(divisor));
  }

  default Index remainder(Index other) {
    if (this instanceof Constant(long a) && other instanceof Constant(long b)) {
      return new Constant(a % b);
    }
    return other.equals(ONE) ? ZERO : new Remainder(this, other);
  }

  default Index minimum(Index other) {
    if (this instanceof Constant(long a) && other instanceof Constant(long b)) {
      return new Constant(Math.min(a, b));
    }
    return new Minimum(this, other);
  }
}
