package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.retain.benchmarks.work.RetNet;
import dev.retain.benchmarks.work.Work;

/** One token after another by torchscale's recurrent form. */
final class DecodingWork implements Work {
  private final NDManager manager;
  private final RetNetLayers layers;
  private final RetNet size;
  private final NDArray thetas;
  private final NDArray decays;
  private NDList states = new NDList();
  private NDArray scale;
  private NDArray logits;
  private int position;
  private int token;

  DecodingWork(NDManager manager, RetNet size) {
    this.manager = manager;
    this.size = size;
    this.layers = new RetNetLayers(manager, size);
    float[] angles = new float[size.key()];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = (float) size.theta(i / 2);
    }
    this.thetas = manager.create(angles, new Shape(1, size.key()));
    float[] gammas = new float[size.heads()];
    for (int head = 0; head < gammas.length; head++) {
      gammas[head] = (float) size.gamma(head);
    }
    this.decays = manager.create(gammas, new Shape(size.heads(), 1, 1));
    reset();
  }

  private void reset() {
    position = 0;
    Shape shape = new Shape(1, size.heads(), size.valueOfHead(), size.key());
    states.close();
    states = new NDList();
    for (int layer = 0; layer < size.layers(); layer++) {
      states.add(manager.zeros(shape, DataType.FLOAT32));
    }
    scale = manager.zeros(decays.getShape(), DataType.FLOAT32);
  }

  @Override
  public void run() {
    step(token);
    token = (token + 1) % size.vocabulary();
  }

  private void step(int given) {
    NDList past = states;
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray next = scale.mul(decays).add(1);
      NDArray kept = scale.sqrt().mul(decays).div(next.sqrt());
      NDArray written = next.sqrt();
      NDList present = new NDList();
      NDArray angles = thetas.mul(position);
      logits =
          layers.logits(
              layers.weights().arrays(),
              manager.create(new int[] {given}, new Shape(1, 1)),
              angles.cos(),
              angles.sin(),
              (layer, query, key, value) -> {
                NDArray outer = key.mul(value.transpose(0, 1, 3, 2));
                NDArray state = past.get(layer).mul(kept).add(outer.div(written));
                present.add(state);
                return query.mul(state).sum(new int[] {3}, true).transpose(0, 1, 3, 2);
              });
      NDScope.unregister(present);
      NDScope.unregister(next, logits);
      past.close();
      scale.close();
      states = present;
      scale = next;
    }
    position++;
  }

  @Override
  public double[] sample() {
    reset();
    for (int given : size.tokens(0, RetNet.FIRST)) {
      step(given);
    }
    return Work.samples(logits.toFloatArray());
  }
}
