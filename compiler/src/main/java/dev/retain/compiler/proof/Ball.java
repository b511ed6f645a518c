package dev.retain.compiler.proof;

import java.math.BigDecimal;

/**
 * A real number to many digits, and how far it can be from the true one.
 *
 * @param value null if it is no number
 */
record Ball(BigDecimal value, double radius) {
  static final Ball UNDEFINED = new Ball(null, 0);

  // Covers the roundings of the radius itself.
  private static final double ROUNDED_UP = 1 + 1e-10;

  /** A value that is exact if it has few digits, else right to within the last kept ones. */
  static Ball around(BigDecimal value, double radius) {
    if (radius == 0 && value.precision() <= Decimals.KEPT.getPrecision()) {
      return new Ball(value, 0);
    }
    BigDecimal rounded = value.round(Decimals.KEPT);
    double magnitude = Math.abs(rounded.doubleValue());
    double total = (radius + magnitude * Decimals.ROUNDING) * ROUNDED_UP;
    // A value or radius beyond float64 is of no use to anybody.
    return Double.isFinite(magnitude) && Double.isFinite(total)
        ? new Ball(rounded, total)
        : UNDEFINED;
  }

  boolean isUndefined() {
    return value == null;
  }

  double magnitude() {
    return Math.abs(value.doubleValue());
  }

  /** Whether both may be the same number. */
  boolean touches(Ball other) {
    return value.subtract(other.value).abs().doubleValue() <= radius + other.radius;
  }
}
