package dev.retain.compiler.proof;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A rational number of small parts, in lowest terms.
 *
 * @param denominator positive
 */
record Fraction(long numerator, long denominator) implements Comparable<Fraction> {
  private static final int DIGITS = 12;
  private static final long LARGEST_DENOMINATOR = 1 << 16;
  private static final int ROUNDINGS = 4;

  static Fraction of(long number) {
    return new Fraction(number, 1);
  }

  /**
   * The number that was meant by one that is rounded to float64: a short decimal such as 0.1, or a
   * quotient of small numbers such as 1/3, even after some roundings.
   */
  static Optional<Fraction> meant(double rounded) {
    if (rounded == Math.rint(rounded) && Math.abs(rounded) < 1L << 53) {
      return Optional.of(of((long) rounded));
    }
    if (!Double.isFinite(rounded)) {
      return Optional.empty();
    }
    BigDecimal decimal = new BigDecimal(Double.toString(rounded)).stripTrailingZeros();
    if (decimal.precision() <= DIGITS && decimal.scale() > 0 && decimal.scale() <= DIGITS) {
      return of(decimal.unscaledValue(), BigInteger.TEN.pow(decimal.scale()));
    }
    return quotient(rounded);
  }

  /** By its continued fraction. */
  private static Optional<Fraction> quotient(double rounded) {
    double rest = Math.abs(rounded);
    long before = 0;
    long numerator = 1;
    long denominatorBefore = 1;
    long denominator = 0;
    while (rest < 1L << 40) {
      long whole = (long) rest;
      long next = whole * numerator + before;
      long nextDenominator = whole * denominator + denominatorBefore;
      if (nextDenominator > LARGEST_DENOMINATOR || next > 1L << 40) {
        return Optional.empty();
      }
      before = numerator;
      numerator = next;
      denominatorBefore = denominator;
      denominator = nextDenominator;
      double difference = Math.abs((double) numerator / denominator - Math.abs(rounded));
      if (difference <= ROUNDINGS * Math.ulp(rounded)) {
        return Optional.of(new Fraction(rounded < 0 ? -numerator : numerator, denominator));
      }
      rest = 1 / (rest - whole);
    }
    return Optional.empty();
  }

  /** The quotient, if its parts are small enough. */
  private static Optional<Fraction> of(BigInteger numerator, BigInteger denominator) {
    BigInteger common = numerator.gcd(denominator);
    if (denominator.signum() < 0) {
      common = common.negate();
    }
    BigInteger top = numerator.divide(common);
    BigInteger bottom = denominator.divide(common);
    return top.bitLength() > 62 || bottom.bitLength() > 62
        ? Optional.empty()
        : Optional.of(new Fraction(top.longValue(), bottom.longValue()));
  }

  private static BigInteger big(long number) {
    return BigInteger.valueOf(number);
  }

  boolean isWhole() {
    return denominator == 1;
  }

  int sign() {
    return Long.signum(numerator);
  }

  Optional<Fraction> plus(Fraction other) {
    if (denominator == 1 && other.denominator == 1) {
      long sum = numerator + other.numerator;
      return Math.abs(sum) < 1L << 62 ? Optional.of(of(sum)) : Optional.empty();
    }
    return of(
        big(numerator)
            .multiply(big(other.denominator))
            .add(big(other.numerator).multiply(big(denominator))),
        big(denominator).multiply(big(other.denominator)));
  }

  Optional<Fraction> times(Fraction other) {
    return of(
        big(numerator).multiply(big(other.numerator)),
        big(denominator).multiply(big(other.denominator)));
  }

  /** Of a number that is not 0. */
  Fraction inverse() {
    return numerator < 0
        ? new Fraction(-denominator, -numerator)
        : new Fraction(denominator, numerator);
  }

  Fraction negated() {
    return new Fraction(-numerator, denominator);
  }

  /** The root, if it is rational. */
  Optional<Fraction> root() {
    if (numerator < 0) {
      return Optional.empty();
    }
    BigInteger[] top = big(numerator).sqrtAndRemainder();
    BigInteger[] bottom = big(denominator).sqrtAndRemainder();
    return top[1].signum() == 0 && bottom[1].signum() == 0
        ? of(top[0], bottom[0])
        : Optional.empty();
  }

  @Override
  public int compareTo(Fraction other) {
    return big(numerator)
        .multiply(big(other.denominator))
        .compareTo(big(other.numerator).multiply(big(denominator)));
  }

  @Override
  public String toString() {
    return denominator == 1 ? Long.toString(numerator) : numerator + "/" + denominator;
  }
}
