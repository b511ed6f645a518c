package dev.retain.peers.pytorch;

import static dev.retain.benchmarks.work.CoreInputs.HEADS;
import static dev.retain.benchmarks.work.CoreInputs.KEY;
import static dev.retain.benchmarks.work.CoreInputs.VALUE;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Work;

/**
 * What a retention core reads, arranged as torchscale has it: head by head, [1, head, steps, ...].
 * The query is scaled already, as the key is there. Arranging is not measured.
 */
final class Heads {
  private final int steps;
  private final NDArray query;
  private final NDArray key;
  private final NDArray value;

  Heads(NDManager manager, CoreInputs inputs) {
    this.steps = inputs.steps();
    this.query = byHead(manager, inputs.query(), KEY).mul(CoreInputs.SCALE);
    this.key = byHead(manager, inputs.key(), KEY);
    this.value = byHead(manager, inputs.value(), VALUE);
  }

  /** What is stored step by step, [1, head, steps, width]. */
  NDArray byHead(NDManager manager, float[] values, int width) {
    return manager
        .create(values, new Shape(1, steps, HEADS, width))
        .transpose(0, 2, 1, 3)
        .duplicate();
  }

  int steps() {
    return steps;
  }

  NDArray query() {
    return query;
  }

  NDArray key() {
    return key;
  }

  NDArray value() {
    return value;
  }

  /**
   * Numbers of each head and of pairs of steps, [head, rows, columns].
   *
   * @param exponent of the head's decay; negative for 0
   */
  static NDArray decays(NDManager manager, int rows, int columns, Exponent exponent) {
    float[] values = new float[HEADS * rows * columns];
    for (int head = 0; head < HEADS; head++) {
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          int power = exponent.of(row, column);
          values[(head * rows + row) * columns + column] =
              power < 0 ? 0 : (float) Math.pow(CoreInputs.gamma(head), power);
        }
      }
    }
    return manager.create(values, new Shape(1, HEADS, rows, columns));
  }

  /** Of a decay. */
  @FunctionalInterface
  interface Exponent {
    int of(int row, int column);
  }

  /** Samples of a result [1, head, steps, value], at the places that others take them from. */
  static double[] samples(NDArray result) {
    return Work.samples(result.transpose(0, 2, 1, 3).duplicate().toFloatArray());
  }
}
