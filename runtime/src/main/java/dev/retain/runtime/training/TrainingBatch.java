package dev.retain.runtime.training;

import java.util.Arrays;
import java.util.Optional;

/**
 * Tokens and what should follow them.
 *
 * @param tokens [batch][time]
 * @param targets [batch][time], the token that should come next, or {@link #NONE}
 * @param resets [batch][time], where a document begins, so that nothing of the one before is known;
 *     empty if none does
 */
public record TrainingBatch(int[][] tokens, int[][] targets, Optional<boolean[][]> resets) {
  /** The target of a step whose prediction does not count: padding, or the end of a document. */
  public static final int NONE = -1;

  /** Rows in which every token but the first is to be predicted. */
  public static TrainingBatch ofNextTokens(int[][] tokens) {
    int[][] targets = new int[tokens.length][];
    for (int row = 0; row < tokens.length; row++) {
      targets[row] = Arrays.copyOfRange(tokens[row], 1, tokens[row].length + 1);
      targets[row][tokens[row].length - 1] = NONE;
    }
    return new TrainingBatch(tokens, targets, Optional.empty());
  }

  /** How many steps have a target. */
  public long targetCount() {
    long count = 0;
    for (int[] row : targets) {
      for (int target : row) {
        count += target == NONE ? 0 : 1;
      }
    }
    return count;
  }
}
