package dev.retain.compiler.tensor;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers in dumps: six digits, since the last ones of a power differ from machine to machine. */
public final class ShortNumber {
  private static final double LARGEST_WHOLE = 1e15;

  private ShortNumber() {}

  public static String text(double value) {
    if (value == Math.rint(value) && Math.abs(value) < LARGEST_WHOLE) {
      return Long.toString((long) value);
    }
    return Double.isFinite(value)
        ? new BigDecimal(value)
            .round(new MathContext(6))
            .stripTrailingZeros()
            .toString()
            .replace('E', 'e')
        : Double.toString(value);
  }
}
