package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.retain.benchmarks.work.Work;

/**
 * A work and its gradients by autograd. All that a run makes is given back before the next, so that
 * nothing has to be set to 0.
 */
abstract class DifferentiatedWork implements Work {
  private final NDList inputs;
  private NDList leaves = new NDList();
  private NDArray output;

  /**
   * @param inputs what is differentiated by
   */
  DifferentiatedWork(NDList inputs) {
    this.inputs = inputs;
    JniUtils.setGradMode(true);
  }

  /** The output. */
  abstract NDArray compute(NDList leaves);

  /** What flows back to it. */
  abstract NDArray flowing(NDArray output);

  @Override
  public final void run() {
    leaves.close();
    if (output != null) {
      output.close();
    }
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      leaves = new NDList();
      for (NDArray input : inputs) {
        NDArray leaf = input.stopGradient();
        leaf.setRequiresGradient(true);
        leaves.add(leaf);
      }
      output = compute(leaves);
      JniUtils.backward((PtNDArray) output, (PtNDArray) flowing(output), false, false);
      NDScope.unregister(output);
      NDScope.unregister(leaves);
    }
  }

  final NDArray output() {
    return output;
  }

  /** Of an input, after a run. */
  final NDArray gradient(int input) {
    return leaves.get(input).getGradient();
  }
}
