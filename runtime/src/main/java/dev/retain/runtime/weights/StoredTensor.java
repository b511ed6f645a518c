package dev.retain.runtime.weights;

import java.util.Arrays;

/**
 * What the header of a file says of one tensor.
 *
 * @param begin first byte, counted from the start of the data
 * @param end byte after the last
 */
record StoredTensor(String name, StoredType type, long[] shape, long begin, long end) {
  /** Number of elements; overflow is an {@link ArithmeticException}. */
  long size() {
    if (Arrays.stream(shape).anyMatch(dimension -> dimension == 0)) {
      return 0;
    }
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  String describe() {
    return type + Arrays.toString(shape);
  }
}
