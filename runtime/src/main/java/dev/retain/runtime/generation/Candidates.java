package dev.retain.runtime.generation;

/**
 * Tokens by falling weight, the smaller id first among equals, sorted only as far as asked for: a
 * heap whose taken elements stand at the end of its array, the likeliest last.
 */
final class Candidates {
  private final double[] weights;
  private final int[] tokens;
  private int rest;

  /**
   * @param weights of all tokens; filled by the caller before each {@link #reset}
   */
  Candidates(double[] weights) {
    this.weights = weights;
    this.tokens = new int[weights.length];
  }

  void reset() {
    rest = tokens.length;
    for (int i = 0; i < rest; i++) {
      tokens[i] = i;
    }
    for (int i = rest / 2 - 1; i >= 0; i--) {
      sink(i);
    }
  }

  /** The token of rank 0, 1, ... by falling weight. */
  int likeliest(int rank) {
    while (rest >= tokens.length - rank) {
      take();
    }
    return tokens[tokens.length - 1 - rank];
  }

  private void take() {
    int likeliest = tokens[0];
    rest--;
    tokens[0] = tokens[rest];
    tokens[rest] = likeliest;
    sink(0);
  }

  private void sink(int start) {
    int place = start;
    int token = tokens[place];
    for (int child = 2 * place + 1; child < rest; child = 2 * place + 1) {
      if (child + 1 < rest && isBefore(tokens[child + 1], tokens[child])) {
        child++;
      }
      if (!isBefore(tokens[child], token)) {
        break;
      }
      tokens[place] = tokens[child];
      place = child;
    }
    tokens[place] = token;
  }

  private boolean isBefore(int one, int other) {
    return weights[one] > weights[other] || (weights[one] == weights[other] && one < other);
  }
}
