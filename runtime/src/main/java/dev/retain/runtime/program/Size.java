package dev.retain.runtime.program;

/** How many elements a buffer has: factor * batch^batchPower * time^timePower. */
public record Size(long factor, int batchPower, int timePower) {
  public Size {
    if (factor < 0 || batchPower < 0 || timePower < 0) {
      throw new IllegalArgumentException(
          "a size needs numbers that are not negative: "
              + factor
              + ", "
              + batchPower
              + ", "
              + timePower);
    }
  }

  /** A size that depends on neither batch nor time. */
  public static Size fixed(long factor) {
    return new Size(factor, 0, 0);
  }

  /**
   * The number of elements.
   *
   * @throws ArithmeticException if it is beyond 2^63
   */
  public long elements(long batch, long time) {
    long size = factor;
    for (int i = 0; i < batchPower; i++) {
      size = Math.multiplyExact(size, batch);
    }
    for (int i = 0; i < timePower; i++) {
      size = Math.multiplyExact(size, time);
    }
    return size;
  }
}
