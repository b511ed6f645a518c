package dev.retain.runtime;

import dev.retain.runtime.memory.NativeTensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a run is made.
 *
 * @param chunk steps of a block in the chunkwise form, at least 1; empty for as many as the model
 *     was compiled for
 * @param mask [batch][time]: false where a step is padding. It leaves the state as it was, and its
 *     logits mean nothing; padding may stand anywhere
 * @param resets [batch][time]: true where the state is emptied before the step, so that another
 *     sequence begins there
 */
public record RunOptions(
    OptionalInt chunk, Optional<boolean[][]> mask, Optional<boolean[][]> resets) {
  /** The model's own chunks, no padding, no resets. */
  public static final RunOptions DEFAULT =
      new RunOptions(OptionalInt.empty(), Optional.empty(), Optional.empty());

  public RunOptions {
    if (chunk.isPresent() && chunk.getAsInt() < 1) {
      throw new RetainException("a chunk has at least 1 step, not " + chunk.getAsInt());
    }
  }

  public RunOptions withChunk(int steps) {
    return new RunOptions(OptionalInt.of(steps), mask, resets);
  }

  public RunOptions withMask(boolean[][] valid) {
    return new RunOptions(chunk, Optional.of(valid), resets);
  }

  /** A mask of ones (steps) and zeros (padding), [batch, time]. */
  public RunOptions withMask(NativeTensor valid) {
    return withMask(flags("the mask", valid));
  }

  /** A mask of ones (steps) and zeros (padding), [batch, time], of any type of numbers. */
  public RunOptions withMask(INDArray valid) {
    return withMask(NativeTensor.of(valid.castTo(DataType.INT64)));
  }

  public RunOptions withResets(boolean[][] before) {
    return new RunOptions(chunk, mask, Optional.of(before));
  }

  /** Ones where the state is emptied before the step, else zeros, [batch, time]. */
  public RunOptions withResets(NativeTensor before) {
    return withResets(flags("the resets", before));
  }

  /** Ones where the state is emptied before the step, else zeros, [batch, time]. */
  public RunOptions withResets(INDArray before) {
    return withResets(NativeTensor.of(before.castTo(DataType.INT64)));
  }

  /** Whether a step is padding or begins another sequence. */
  boolean isRagged() {
    return mask.isPresent() && contains(mask.get(), false)
        || resets.isPresent() && contains(resets.get(), true);
  }

  void check(int batch, int time) {
    check("the mask", mask, batch, time);
    check("the resets", resets, batch, time);
  }

  private static void check(String what, Optional<boolean[][]> flags, int batch, int time) {
    if (flags.isPresent() && !hasShape(flags.get(), batch, time)) {
      throw new RetainException(
          what + " must have the shape of the tokens, [" + batch + ", " + time + "]");
    }
  }

  private static boolean hasShape(boolean[][] flags, int batch, int time) {
    return flags.length == batch && Arrays.stream(flags).allMatch(row -> row.length == time);
  }

  private static boolean contains(boolean[][] flags, boolean wanted) {
    for (boolean[] row : flags) {
      for (boolean flag : row) {
        if (flag == wanted) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean[][] flags(String what, NativeTensor tensor) {
    long[] shape = tensor.shape();
    if (shape.length != 2) {
      throw new RetainException(
          what + " must have the shape [batch, time], not " + Arrays.toString(shape));
    }
    boolean[][] flags = new boolean[(int) shape[0]][(int) shape[1]];
    for (int row = 0; row < shape[0]; row++) {
      for (int step = 0; step < shape[1]; step++) {
        double value = tensor.getDouble(row * shape[1] + step);
        if (value != 0 && value != 1) {
          throw new RetainException(
              what + " must hold 1 and 0 only, not " + value + " at [" + row + ", " + step + "]");
        }
        flags[row][step] = value == 1;
      }
    }
    return flags;
  }
}
