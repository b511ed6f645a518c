package dev.retain.runtime.training.loop;

import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.data.HeldOut;

/** Measures how well a model predicts text that it is not trained on. */
public final class Evaluation {
  private Evaluation() {}

  /** Reads all batches of the held-out text, each row from rest. */
  public static HeldOutReport measure(GradientModel model, HeldOut text, long step) {
    LossSum sum = new LossSum();
    for (long number = 0; number < text.batches(); number++) {
      var batch = text.batch(number);
      sum.add(model.loss(batch.batch()), batch);
    }
    return new HeldOutReport(step, sum.mean(), sum.bitsPerByte(), sum.targets());
  }
}
