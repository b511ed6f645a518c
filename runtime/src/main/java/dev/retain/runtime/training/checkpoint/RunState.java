package dev.retain.runtime.training.checkpoint;

/**
 * What a run knows of itself besides tensors.
 *
 * @param step updates made
 * @param bestLoss the lowest loss of the held-out text so far; infinity before the first
 * @param bestStep after how many updates; 0 before the first
 * @param worse measurements since then
 */
public record RunState(long step, double bestLoss, long bestStep, int worse) {
  /** Before the first update. */
  public static final RunState START = new RunState(0, Double.POSITIVE_INFINITY, 0, 0);

  /** The same after so many updates. */
  public RunState at(long updates) {
    return new RunState(updates, bestLoss, bestStep, worse);
  }

  public RunState measured(double loss) {
    return loss < bestLoss
        ? new RunState(step, loss, step, 0)
        : new RunState(step, bestLoss, bestStep, worse + 1);
  }
}
