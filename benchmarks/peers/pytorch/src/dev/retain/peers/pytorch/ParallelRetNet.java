package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.retain.benchmarks.work.RetNet;

/**
 * torchscale's RetNet in its parallel form. The mask of decays and the angles are made before, once
 * for all.
 */
final class ParallelRetNet {
  private static final double MOST = 5e4;

  private final RetNetLayers layers;
  private final NDArray cosines;
  private final NDArray sines;
  private final NDArray mask;

  ParallelRetNet(NDManager manager, RetNet size, int steps) {
    this.layers = new RetNetLayers(manager, size);
    this.cosines = layers.angles(steps, Math::cos);
    this.sines = layers.angles(steps, Math::sin);
    this.mask = mask(manager, size, steps);
  }

  /** Decays, over the root of the sum of each row: [1, head, steps, steps]. */
  private static NDArray mask(NDManager manager, RetNet size, int steps) {
    float[] values = new float[size.heads() * steps * steps];
    for (int head = 0; head < size.heads(); head++) {
      double sum = 0;
      for (int row = 0; row < steps; row++) {
        sum = sum * size.gamma(head) + 1;
        for (int column = 0; column <= row; column++) {
          values[(head * steps + row) * steps + column] =
              (float) (Math.pow(size.gamma(head), row - column) / Math.sqrt(sum));
        }
      }
    }
    return manager.create(values, new Shape(1, size.heads(), steps, steps));
  }

  RetNetWeights weights() {
    return layers.weights();
  }

  /**
   * The logits of all steps.
   *
   * @param tokens [batch, steps]
   */
  NDArray logits(NDList weights, NDArray tokens) {
    return layers.logits(weights, tokens, cosines, sines, this::retention);
  }

  private NDArray retention(int layer, NDArray query, NDArray key, NDArray value) {
    NDArray scores = query.matMul(key.transpose(0, 1, 3, 2)).mul(mask);
    NDArray sums = scores.stopGradient().abs().sum(new int[] {-1}, true).clip(1, MOST);
    return scores.div(sums).matMul(value);
  }
}
