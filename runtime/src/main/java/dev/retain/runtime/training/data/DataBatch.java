package dev.retain.runtime.training.data;

import dev.retain.runtime.training.TrainingBatch;
import java.util.Arrays;
import java.util.Optional;

/**
 * A batch, and what is known of it. Its memory can be written again for another batch of the same
 * shape, so that drawing batches takes none.
 */
public final class DataBatch {
  private final int[][] tokens;
  private final int[][] targets;
  private final boolean[][] resets;
  private final TrainingBatch dense;
  private final TrainingBatch ragged;
  private boolean hasResets;
  private boolean continues;
  private boolean isText;
  private long bytes;

  DataBatch(int rows, int length) {
    this.tokens = new int[rows][length];
    this.targets = new int[rows][length];
    this.resets = new boolean[rows][length];
    this.dense = new TrainingBatch(tokens, targets, Optional.empty());
    this.ragged = new TrainingBatch(tokens, targets, Optional.of(resets));
  }

  /** Its rows. */
  public TrainingBatch batch() {
    return hasResets ? ragged : dense;
  }

  /** Whether each of its rows goes on where the same row of the batch before ended. */
  public boolean continues() {
    return continues;
  }

  /** Whether it is known how many bytes of text its targets stand for. */
  public boolean isText() {
    return isText;
  }

  /** Bytes of text that its targets stand for; 0 if that is not known. */
  public long bytes() {
    return bytes;
  }

  /** Makes all of it padding. */
  void clear(boolean newContinues, boolean newIsText) {
    for (int row = 0; row < tokens.length; row++) {
      Arrays.fill(tokens[row], 0);
      Arrays.fill(targets[row], TrainingBatch.NONE);
      Arrays.fill(resets[row], false);
    }
    hasResets = false;
    continues = newContinues;
    isText = newIsText;
    bytes = 0;
  }

  void setToken(int row, int step, int token) {
    tokens[row][step] = token;
  }

  /** A document begins here, and another was read before. */
  void setReset(int row, int step) {
    resets[row][step] = true;
    hasResets = true;
  }

  /**
   * Sets what should follow a step.
   *
   * @param bytesOfTarget of text that it stands for
   */
  void setTarget(int row, int step, int target, int bytesOfTarget) {
    targets[row][step] = target;
    bytes += bytesOfTarget;
  }
}
