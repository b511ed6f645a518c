package dev.retain.runtime.program;

/**
 * Steps that take the positions of a block, each step of each sequence, slice by slice: all of them
 * for the first slice, then all for the next. The first one begins with {@link Barrier#ALWAYS}.
 *
 * <p>Their kernels are called for one sequence of as many steps as the slice has positions. They
 * are given the slice's part of each buffer that has positions, but for buffers that are no larger
 * than a slice ({@link Size#slice}).
 *
 * @param firstStep the first of the steps
 * @param lastStep the last of them
 * @param positions of a slice; the last one may have fewer
 */
public record Slices(int firstStep, int lastStep, int positions) {
  public Slices {
    if (firstStep < 0 || lastStep < firstStep || positions < 1) {
      throw new IllegalArgumentException(
          "slices of " + positions + " positions in steps " + firstStep + " to " + lastStep);
    }
  }

  /** Whether the step is one of these. */
  public boolean contains(int step) {
    return firstStep <= step && step <= lastStep;
  }

  /** How many slices there are. */
  public int count(int batch, int time) {
    return Math.toIntExact(((long) batch * time + positions - 1) / positions);
  }
}
