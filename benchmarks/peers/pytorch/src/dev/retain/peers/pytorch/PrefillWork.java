package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.retain.benchmarks.work.RetNet;
import dev.retain.benchmarks.work.Work;

/** A prompt, read by a whole model. */
final class PrefillWork extends ScopedWork {
  private final ParallelRetNet model;
  private final NDArray tokens;

  PrefillWork(NDManager manager, RetNet size, int steps) {
    super(manager);
    this.model = new ParallelRetNet(manager, size, steps);
    this.tokens = manager.create(size.tokens(0, steps), new Shape(1, steps));
  }

  @Override
  NDArray compute() {
    return model.logits(model.weights().arrays(), tokens);
  }

  @Override
  public double[] sample() {
    return Work.samples(result().toFloatArray());
  }
}
