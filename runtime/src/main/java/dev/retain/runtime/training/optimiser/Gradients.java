package dev.retain.runtime.training.optimiser;

import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.optimiser.Elements.Block;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** What is measured of tensors as a whole. */
public final class Gradients {
  private Gradients() {}

  /** The first tensor with an element that is infinite or no number. */
  public static Optional<String> firstNonFinite(SequencedMap<String, NativeTensor> tensors) {
    return tensors.entrySet().stream()
        .filter(entry -> !isFinite(entry.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static boolean isFinite(NativeTensor tensor) {
    Elements elements = new Elements();
    double[] values = new double[Elements.LONGEST];
    for (Block block : Elements.blocks(List.of(tensor))) {
      elements.read(tensor, block, values);
      // What is infinite or no number makes a product with 0 that is no number.
      double sum = 0;
      for (int i = 0; i < block.count(); i++) {
        sum += 0 * values[i];
      }
      if (sum != 0) {
        return false;
      }
    }
    return true;
  }
}
