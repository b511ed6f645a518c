package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Work;

/** A product of matrices. */
final class ProductWork extends ScopedWork {
  private final NDArray left;
  private final NDArray right;

  ProductWork(NDManager manager, int size) {
    super(manager);
    this.left = manager.create(CoreInputs.matrix(size, 1), new Shape(size, size));
    this.right = manager.create(CoreInputs.matrix(size, 2), new Shape(size, size));
  }

  @Override
  NDArray compute() {
    return left.matMul(right);
  }

  @Override
  public double[] sample() {
    return Work.samples(result().toFloatArray());
  }
}
