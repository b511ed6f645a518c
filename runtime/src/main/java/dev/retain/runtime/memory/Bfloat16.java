package dev.retain.runtime.memory;

/** The upper half of a float32: its sign, its exponent, and 7 bits behind the point. */
final class Bfloat16 {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);

  private Bfloat16() {}

  /** The number itself: each is a float32. */
  static float widened(short bits) {
    return Float.intBitsToFloat(bits << BITS);
  }

  /**
   * The nearest one; of two as near the one whose last bit is 0. What lies more than half a step
   * beyond the largest becomes infinite.
   */
  static short rounded(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      // Rounding could carry a NaN's bits over to those of an infinity.
      return (short) (bits >>> BITS | 1 << 6);
    }
    int odd = bits >>> BITS & 1;
    return (short) (bits + HALF - 1 + odd >>> BITS);
  }
}
