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

  /** The Euclidean norm of all elements of all tensors; summed in float64 in a fixed order. */
  public static double norm(SequencedMap<String, NativeTensor> tensors) {
    List<NativeTensor> list = List.copyOf(tensors.values());
    List<Block> blocks = Elements.blocks(list);
    double[] sums = new double[blocks.size()];
    Elements.forEach(
        sums.length,
        () -> {
          double[] values = new double[Elements.LONGEST];
          return index -> {
            Block block = blocks.get(index);
            Elements.read(list.get(block.tensor()), block, values);
            sums[index] = squares(values, block.count());
          };
        });
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return Math.sqrt(sum);
  }

  /** Several sums side by side, since each addition waits for the one before. */
  private static double squares(double[] values, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      a += values[i] * values[i];
      b += values[i + 1] * values[i + 1];
      c += values[i + 2] * values[i + 2];
      d += values[i + 3] * values[i + 3];
    }
    for (; i < count; i++) {
      a += values[i] * values[i];
    }
    return (a + b) + (c + d);
  }

  /** The first tensor with an element that is infinite or no number. */
  public static Optional<String> firstNonFinite(SequencedMap<String, NativeTensor> tensors) {
    return tensors.entrySet().stream()
        .filter(entry -> !isFinite(entry.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static boolean isFinite(NativeTensor tensor) {
    double[] values = new double[Elements.LONGEST];
    for (Block block : Elements.blocks(List.of(tensor))) {
      Elements.read(tensor, block, values);
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
