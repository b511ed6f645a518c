package dev.retain.compiler.proof;

import java.util.List;
import java.util.function.Supplier;

/**
 * A value at a random point, as a residue modulo one prime, and as an exponent modulo another one.
 *
 * @param value the residue that is compared
 * @param exponent what it is where it stands in an exponent or an angle
 * @param exact the number that it is at every point; null if it is none
 * @param positive whether it is positive at every point
 * @param logarithm the number that it is the exponential of; null if that is not known
 * @param logs logarithms of numbers whose own logarithm is not known, that it is a sum of
 * @param largest the values that it is the largest of, sorted; empty if it is no maximum
 * @param truth whether it is 0 or 1, by a comparison
 */
record FieldNumber(
    long value,
    long exponent,
    Fraction exact,
    boolean positive,
    Supplier<FieldNumber> logarithm,
    List<Log> logs,
    List<Long> largest,
    boolean truth) {
  /** No number: a quotient by zero, and what is made of it. */
  static final FieldNumber UNDEFINED = new FieldNumber(-1, -1, null, false, null);

  FieldNumber(
      long value,
      long exponent,
      Fraction exact,
      boolean positive,
      Supplier<FieldNumber> logarithm) {
    this(value, exponent, exact, positive, logarithm, List.of(), List.of(), false);
  }

  /**
   * {@code times * log(of)}.
   *
   * @param exponent that of the logarithm, once
   */
  record Log(FieldNumber of, long exponent, long times) {}

  boolean isUndefined() {
    return this == UNDEFINED;
  }

  boolean isExactly(long number) {
    return exact != null && exact.isWhole() && exact.numerator() == number;
  }

  boolean isWhole() {
    return exact != null && exact.isWhole();
  }

  FieldNumber with(List<Log> logs) {
    return new FieldNumber(
        value, exponent, exact, positive, logarithm, List.copyOf(logs), largest, truth);
  }
}
