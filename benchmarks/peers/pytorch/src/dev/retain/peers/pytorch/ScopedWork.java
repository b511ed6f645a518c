package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import dev.retain.benchmarks.work.Work;

/** A work whose arrays are given back after each run, but for the result of the last. */
abstract class ScopedWork implements Work {
  private final NDManager manager;
  private NDArray result;

  ScopedWork(NDManager manager) {
    this.manager = manager;
  }

  NDManager manager() {
    return manager;
  }

  abstract NDArray compute();

  @Override
  public final void run() {
    if (result != null) {
      result.close();
    }
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      result = compute();
      NDScope.unregister(result);
    }
  }

  NDArray result() {
    return result;
  }

  @Override
  public double[] sample() {
    return Heads.samples(result);
  }
}
