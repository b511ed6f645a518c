package dev.retain.compiler.evaluation;

import java.util.List;

/** Goes over all positions of some axes, the last one fastest, in several tensors at once. */
final class Walk {
  private final int[] sizes;
  private final int[][] strides;
  private final int[] place;
  private final int[] offsets;

  /**
   * @param strides for each tensor how far apart neighbours along each axis are
   */
  Walk(List<Integer> sizes, int[]... strides) {
    this.sizes = new int[sizes.size()];
    for (int d = 0; d < this.sizes.length; d++) {
      this.sizes[d] = sizes.get(d);
    }
    this.strides = strides;
    this.place = new int[this.sizes.length];
    this.offsets = new int[strides.length];
  }

  int offset(int tensor) {
    return offsets[tensor];
  }

  int place(int axis) {
    return place[axis];
  }

  /** To the next position; from the last one to the first. */
  void step() {
    for (int d = sizes.length - 1; d >= 0; d--) {
      place[d]++;
      move(d, 1);
      if (place[d] < sizes[d]) {
        return;
      }
      move(d, -sizes[d]);
      place[d] = 0;
    }
  }

  private void move(int axis, int by) {
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] += by * strides[i][axis];
    }
  }
}
