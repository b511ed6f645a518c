package dev.retain.runtime.training.loop;

import dev.retain.runtime.training.optimiser.LearningRate;

/**
 * How a model is trained.
 *
 * @param steps updates of the whole run
 * @param stopAt after how many updates to stop, so that the run can be resumed; {@code steps} to
 *     finish it
 * @param accumulate batches whose gradients are summed for one update
 * @param rate the learning rate over the run
 * @param clip the largest norm of all gradients together; infinity for none
 * @param seed of dropout
 * @param every after how many updates the held-out text is measured and a checkpoint written
 * @param patience after how many such measurements in a row without a new best to stop; 0 for never
 * @param sampleEvery after how many updates a sample is drawn; 0 for never
 */
public record TrainingSettings(
    long steps,
    long stopAt,
    int accumulate,
    LearningRate rate,
    double clip,
    long seed,
    long every,
    int patience,
    long sampleEvery) {
  public TrainingSettings {
    if (steps < 1 || stopAt < 1 || stopAt > steps || accumulate < 1 || !(clip > 0) || every < 1) {
      throw new IllegalArgumentException("no training: " + steps + " steps to " + stopAt);
    }
  }
}
