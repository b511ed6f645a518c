package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.retain.benchmarks.work.RetNet;
import java.util.function.DoubleUnaryOperator;

/** What torchscale's RetNet computes in whatever form, operation by operation. */
final class RetNetLayers {
  private final NDManager manager;
  private final RetNet size;
  private final RetNetWeights weights;

  RetNetLayers(NDManager manager, RetNet size) {
    this.manager = manager;
    this.size = size;
    this.weights = new RetNetWeights(manager, size);
  }

  RetNet size() {
    return size;
  }

  RetNetWeights weights() {
    return weights;
  }

  /** How heads read the past. */
  @FunctionalInterface
  interface Retention {
    /**
     * All heads of a layer.
     *
     * @param query [batch, head, steps, key], as it is turned already
     * @param key the same
     * @param value [batch, head, steps, value]
     * @return as the value
     */
    NDArray of(int layer, NDArray query, NDArray key, NDArray value);
  }

  /**
   * The logits of all steps.
   *
   * @param all weights
   * @param tokens [batch, steps]
   * @param cosines of the angles that steps are turned by, [steps, key]
   * @param sines the same
   */
  NDArray logits(NDList all, NDArray tokens, NDArray cosines, NDArray sines, Retention retention) {
    NDArray x =
        JniUtils.embedding((PtNDArray) tokens, (PtNDArray) weights.of(all, "embed.weight"), false);
    for (int layer = 0; layer < size.layers(); layer++) {
      String block = "block." + layer + ".";
      NDArray read = norm(x, weights.of(all, block + "retention_norm.weight"));
      x = x.add(heads(all, block + "retention.", layer, read, cosines, sines, retention));
      NDArray fed = norm(x, weights.of(all, block + "feed_norm.weight"));
      x = x.add(feed(all, block + "feed.", fed));
    }
    NDArray last = norm(x, weights.of(all, "final_norm.weight"));
    return last.matMul(weights.of(all, "readout.weight"));
  }

  private NDArray heads(
      NDList all,
      String names,
      int layer,
      NDArray x,
      NDArray cosines,
      NDArray sines,
      Retention retention) {
    NDArray query = byHead(x.matMul(weights.of(all, names + "Wq")));
    NDArray key = byHead(x.matMul(weights.of(all, names + "Wk")).mul(Math.pow(size.key(), -0.5)));
    NDArray value = byHead(x.matMul(weights.of(all, names + "Wv")));
    NDArray gate = x.matMul(weights.of(all, names + "Wg"));
    NDArray output =
        retention.of(layer, turned(query, cosines, sines), turned(key, cosines, sines), value);
    NDArray normed = normed(output.transpose(0, 2, 1, 3)).reshape(gate.getShape());
    return swish(gate).mul(normed).matMul(weights.of(all, names + "Wo"));
  }

  private NDArray byHead(NDArray x) {
    Shape shape = x.getShape();
    return x.reshape(shape.get(0), shape.get(1), size.heads(), shape.get(2) / size.heads())
        .transpose(0, 2, 1, 3);
  }

  private NDArray turned(NDArray x, NDArray cosines, NDArray sines) {
    Shape shape = x.getShape();
    NDList pairs =
        x.reshape(shape.get(0), shape.get(1), shape.get(2), shape.get(3) / 2, 2).split(2, 4);
    NDArray across =
        NDArrays.concat(new NDList(pairs.get(1).neg(), pairs.get(0)), 4).reshape(shape);
    return x.mul(cosines).add(across.mul(sines));
  }

  private NDArray feed(NDList all, String names, NDArray x) {
    NDArray activated = swish(x.matMul(weights.of(all, names + "fc1.weight")));
    NDArray linear = x.matMul(weights.of(all, names + "gate.weight"));
    return activated.mul(linear).matMul(weights.of(all, names + "fc2.weight"));
  }

  private static NDArray swish(NDArray x) {
    return x.mul(Activation.sigmoid(x));
  }

  private static NDArray norm(NDArray x, NDArray weight) {
    return normed(x).mul(weight);
  }

  private static NDArray normed(NDArray x) {
    return x.div(x.square().mean(new int[] {-1}, true).add(RetNet.EPSILON).sqrt());
  }

  /** Cosines or sines of the angles of steps, [steps, key], each twice. */
  NDArray angles(int steps, DoubleUnaryOperator function) {
    float[] values = new float[steps * size.key()];
    for (int i = 0; i < values.length; i++) {
      double angle = i / size.key() * size.theta(i % size.key() / 2);
      values[i] = (float) function.applyAsDouble(angle);
    }
    return manager.create(values, new Shape(steps, size.key()));
  }
}
