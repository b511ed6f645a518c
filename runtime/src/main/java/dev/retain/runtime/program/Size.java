package dev.retain.runtime.program;

/**
 * How many elements a buffer has: factor * batch^batchPower * time^timePower.
 *
 * @param slice the most positions, of the batch * time ones, that it has at once; 0 if it has all
 */
public record Size(long factor, int batchPower, int timePower, int slice) {
  public Size {
    if (factor < 0 || batchPower < 0 || timePower < 0 || slice < 0) {
      throw new IllegalArgumentException(
          "a size needs numbers that are not negative: "
              + factor
              + ", "
              + batchPower
              + ", "
              + timePower
              + ", "
              + slice);
    }
    if (slice > 0 && (batchPower != 1 || timePower != 1)) {
      throw new IllegalArgumentException("a slice of what is not there for each position");
    }
  }

  /** The size of a buffer that has all positions. */
  public Size(long factor, int batchPower, int timePower) {
    this(factor, batchPower, timePower, 0);
  }

  /** A size that depends on neither batch nor time. */
  public static Size fixed(long factor) {
    return new Size(factor, 0, 0);
  }

  /** Whether there is so much for each step of each sequence. */
  public boolean isByPositions() {
    return batchPower == 1 && timePower == 1;
  }

  /** The same of a slice of the positions, if there is something for each of them. */
  public Size ofSlice(int positions) {
    return isByPositions() ? new Size(factor, batchPower, timePower, positions) : this;
  }

  /**
   * The number of elements.
   *
   * @throws ArithmeticException if it is beyond 2^63
   */
  public long elements(long batch, long time) {
    if (slice > 0) {
      return Math.multiplyExact(factor, Math.min(Math.multiplyExact(batch, time), slice));
    }
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
