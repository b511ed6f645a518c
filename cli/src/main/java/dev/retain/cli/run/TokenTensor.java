package dev.retain.cli.run;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.weights.SafetensorsFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** Token ids, or one number for each, in a file of tensors. */
public final class TokenTensor {
  private TokenTensor() {}

  /**
   * The ids as [batch][time].
   *
   * @throws RetainException if the tensor has another rank
   */
  public static int[][] read(SafetensorsFile file, Path path, String name) {
    NativeTensor stored = matrix(file, path, name);
    int[][] tokens = new int[(int) stored.shape()[0]][(int) stored.shape()[1]];
    long flat = 0;
    for (int[] row : tokens) {
      for (int step = 0; step < row.length; step++) {
        // Beyond an int it is beyond any vocabulary too, and refused as the nearest int would be.
        row[step] = (int) stored.getDouble(flat++);
      }
    }
    return tokens;
  }

  /** A tensor of whole numbers as [batch, time]. */
  static NativeTensor matrix(SafetensorsFile file, Path path, String name) {
    NativeTensor stored = file.read(name, ElementType.I64, Arena.ofAuto());
    return switch (stored.shape().length) {
      case 1 -> NativeTensor.over(stored.segment(), ElementType.I64, 1, stored.size());
      case 2 -> stored;
      default ->
          throw new RetainException(
              path
                  + ": the tensor "
                  + name
                  + " should have the shape [batch, time] or [time], but is "
                  + stored);
    };
  }
}
