package dev.retain.cli.tune;

import dev.retain.runtime.program.ModelDescription;
import java.util.Random;

/** What is read to measure: speed does not depend on it. */
final class RandomTokens {
  private static final long SEED = 1;

  private RandomTokens() {}

  /** [batch][time]. */
  static int[][] of(int batch, int time, ModelDescription model) {
    Random random = new Random(SEED);
    int[][] tokens = new int[batch][];
    for (int row = 0; row < batch; row++) {
      tokens[row] = random.ints(time, 0, model.vocabulary()).toArray();
    }
    return tokens;
  }
}
