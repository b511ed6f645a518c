package dev.retain.benchmarks.ngram;

/**
 * What is taken off counts for sequences that were never seen.
 *
 * @param one off a count of 1
 * @param two off a count of 2
 * @param more off larger ones
 */
record Discounts(double one, double two, double more) {
  /** Where counts say nothing, as with a handful of sequences or single bytes of a long text. */
  private static final Discounts USUAL = new Discounts(0.5, 1, 1.5);

  /** As Chen and Goodman estimate them, by how many sequences have a count of 1, 2, 3 and 4. */
  static Discounts of(int[] counts) {
    long[] having = new long[5];
    for (int count : counts) {
      if (count < having.length) {
        having[count]++;
      }
    }
    for (int count = 1; count < having.length; count++) {
      if (having[count] == 0) {
        return USUAL;
      }
    }
    double y = having[1] / (having[1] + 2.0 * having[2]);
    Discounts estimated =
        new Discounts(
            1 - 2 * y * having[2] / having[1],
            2 - 3 * y * having[3] / having[2],
            3 - 4 * y * having[4] / having[3]);
    return estimated.two < 0 || estimated.more < 0 ? USUAL : estimated;
  }

  double off(int count) {
    return switch (count) {
      case 1 -> one;
      case 2 -> two;
      default -> more;
    };
  }
}
