package dev.retain.compiler.proof;

/**
 * How far a value can be from a constant: bounds of its degree as a quotient of polynomials in the
 * symbols of a point and their exponentials. Powers of exponentials may be negative, and count by
 * their size.
 *
 * @param top the degree of the numerator
 * @param bottom that of the denominator
 * @param reach as an exponent: the sum of its factors' sizes, if it is a sum of symbols with
 *     rational factors; else infinite
 * @param unit a number that makes these factors whole
 * @param exact the number that it is; null if it is none
 */
record Degree(double top, double bottom, double reach, double unit, Fraction exact) {
  static final Degree SYMBOL = new Degree(1, 0, 1, 1, null);
  static final Degree UNDEFINED = new Degree(0, 0, 0, 1, null);

  static Degree of(Fraction number) {
    double size = Math.abs((double) number.numerator() / number.denominator());
    return new Degree(0, 0, size, number.denominator(), number);
  }

  boolean isUndefined() {
    return this == UNDEFINED;
  }

  double height() {
    return Math.max(top, bottom);
  }

  /** The degree of the difference's numerator. */
  double difference(Degree other) {
    return Math.max(top + other.bottom, other.top + bottom);
  }
}
