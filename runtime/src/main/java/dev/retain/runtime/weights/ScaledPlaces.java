package dev.retain.runtime.weights;

import java.util.List;

/** Which elements of a tensor share a scale: those that differ in no scaled dimension. */
final class ScaledPlaces {
  /** What is done with an element, given its place and that of its scale. */
  interface Visitor {
    void visit(long place, int scale);
  }

  private final long[] shape;
  private final long[] strides;
  private final long count;

  /**
   * @param scaled the dimensions along which scales differ
   */
  ScaledPlaces(long[] shape, List<Integer> scaled) {
    this.shape = shape;
    this.strides = new long[shape.length];
    long next = 1;
    for (int dimension = shape.length - 1; dimension >= 0; dimension--) {
      if (scaled.contains(dimension)) {
        strides[dimension] = next;
        next *= shape[dimension];
      }
    }
    this.count = next;
  }

  /** How many scales there are. */
  long count() {
    return count;
  }

  /** All elements in the order of memory. */
  void forEach(Visitor visitor) {
    visit(0, 0, 0, visitor);
  }

  /** Returns the place behind the last one that was visited. */
  private long visit(int dimension, long place, long scale, Visitor visitor) {
    if (dimension == shape.length) {
      visitor.visit(place, (int) scale);
      return place + 1;
    }
    long next = place;
    long stride = strides[dimension];
    if (dimension == shape.length - 1) {
      for (long i = 0; i < shape[dimension]; i++) {
        visitor.visit(next++, (int) (scale + i * stride));
      }
      return next;
    }
    for (long i = 0; i < shape[dimension]; i++) {
      next = visit(dimension + 1, next, scale + i * stride, visitor);
    }
    return next;
  }
}
