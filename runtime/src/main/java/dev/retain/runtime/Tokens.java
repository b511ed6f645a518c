package dev.retain.runtime;

import dev.retain.runtime.memory.NativeTensor;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks tokens before anything runs on them. */
public final class Tokens {
  private Tokens() {}

  /** Rows of whole numbers from an array of any type of numbers. */
  static int[][] of(INDArray tokens) {
    if (tokens.rank() != 2) {
      throw new RetainException(
          "tokens must have the shape [batch, time], not "
              + Arrays.toString(tokens.shape())
              + "; reshape them");
    }
    if (!tokens.dataType().isIntType()) {
      throw new RetainException(
          "tokens must be whole numbers, not "
              + tokens.dataType()
              + "; cast them: castTo(DataType.INT64)");
    }
    NativeTensor numbers = NativeTensor.of(tokens.castTo(DataType.INT64));
    int[][] rows = new int[(int) tokens.size(0)][(int) tokens.size(1)];
    long flat = 0;
    for (int[] row : rows) {
      for (int step = 0; step < row.length; step++) {
        double number = numbers.getDouble(flat++);
        if (number != (int) number) {
          throw new RetainException("the token " + number + " is in no vocabulary");
        }
        row[step] = (int) number;
      }
    }
    return rows;
  }

  /** How many steps all rows have. */
  static int time(int[][] tokens, int batch) {
    if (tokens.length != batch) {
      throw new RetainException(
          "expected the tokens of "
              + batch
              + (batch == 1 ? " sequence" : " sequences")
              + ", the session's batch, found "
              + tokens.length);
    }
    int time = tokens[0].length;
    for (int row = 1; row < batch; row++) {
      if (tokens[row].length != time) {
        throw new RetainException(
            "all sequences of a call must have the same length, but sequence 0 has "
                + time
                + " tokens and sequence "
                + row
                + " has "
                + tokens[row].length
                + "; pad the shorter ones and give a mask");
      }
    }
    return time;
  }

  public static void check(int[][] tokens, int vocabulary) {
    for (int row = 0; row < tokens.length; row++) {
      for (int step = 0; step < tokens[row].length; step++) {
        int token = tokens[row][step];
        if (token < 0 || token >= vocabulary) {
          throw new RetainException(
              "the token at ["
                  + row
                  + ", "
                  + step
                  + "] must be from 0 to "
                  + (vocabulary - 1)
                  + ", the model's vocabulary, but is "
                  + token);
        }
      }
    }
  }
}
