package dev.retain.runtime.training.loop;

import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.Mixing;
import dev.retain.runtime.training.data.DataBatch;
import dev.retain.runtime.training.data.HeldOut;
import dev.retain.runtime.training.optimiser.Gradients;
import java.util.List;
import java.util.Optional;

/** Where in a model numbers are first infinite or none, once it is known that some are. */
final class Origin {
  private Origin() {}

  /** Of a batch: in the weights, or in what is made of them. Spoils the gradients. */
  static Optional<String> of(GradientModel model, DataBatch batch, long seed) {
    return Gradients.firstNonFinite(model.parameters())
        .map(path -> "the weights of " + path)
        .or(() -> model.firstNonFinite(batch.batch(), batch.continues(), seed));
  }

  /**
   * Of gradients that were summed over batches; if none of these is to blame alone, the first such
   * gradient.
   */
  static Optional<String> ofGradients(
      GradientModel model, List<DataBatch> batches, long seed, long firstBatch) {
    Optional<String> gradient =
        Gradients.firstNonFinite(model.gradients()).map(path -> "the gradient of " + path);
    for (int i = 0; i < batches.size(); i++) {
      // What is not finite already would be found again.
      model.clear();
      Optional<String> found = of(model, batches.get(i), Mixing.mix(seed, firstBatch + i));
      if (found.isPresent()) {
        return found;
      }
    }
    return gradient;
  }

  /** Of held-out text. */
  static Optional<String> in(GradientModel model, HeldOut text, long seed) {
    for (long number = 0; number < text.batches(); number++) {
      DataBatch batch = text.batch(number);
      if (!Double.isFinite(model.loss(batch.batch()))) {
        return of(model, batch, seed);
      }
    }
    return Optional.empty();
  }
}
