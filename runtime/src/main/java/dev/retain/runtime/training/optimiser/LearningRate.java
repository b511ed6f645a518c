package dev.retain.runtime.training.optimiser;

/**
 * How large the steps of an optimiser are over a run: rising in a straight line to the peak, then
 * as the shape says.
 *
 * @param peak the largest rate
 * @param warmup updates over which it rises; 0 for none
 * @param steps updates of the whole run, at whose end the decaying shapes would reach 0
 */
public record LearningRate(Shape shape, double peak, long warmup, long steps) {
  /** What follows the rise. */
  public enum Shape {
    CONSTANT,
    LINEAR,
    COSINE
  }

  public LearningRate {
    if (!(peak >= 0) || Double.isInfinite(peak) || warmup < 0 || steps < 1) {
      throw new IllegalArgumentException(
          "no learning rate: " + peak + ", " + warmup + ", " + steps);
    }
  }

  /**
   * The rate of an update.
   *
   * @param update from 0
   */
  public double at(long update) {
    if (update < warmup) {
      return peak * (update + 1) / warmup;
    }
    double gone = Math.min(1, (double) (update - warmup) / Math.max(1, steps - warmup));
    return peak
        * switch (shape) {
          case CONSTANT -> 1;
          case LINEAR -> 1 - gone;
          case COSINE -> 0.5 * (1 + cosineOfHalfTurns(gone));
        };
  }

  /**
   * Of 0 to 1 half turns. StrictMath, since the bits of Math.cos differ from machine to machine;
   * and of a quarter of that, since it takes memory for larger angles.
   */
  private static double cosineOfHalfTurns(double halfTurns) {
    if (halfTurns < 0.25) {
      return StrictMath.cos(Math.PI * halfTurns);
    }
    return halfTurns < 0.75
        ? StrictMath.sin(Math.PI * (0.5 - halfTurns))
        : -StrictMath.cos(Math.PI * (1 - halfTurns));
  }
}
