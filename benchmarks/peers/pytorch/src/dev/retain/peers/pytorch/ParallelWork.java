package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * torchscale's parallel form without rotation and normalisers. The mask of decays is the same for
 * all layers there, so making it is not measured.
 */
final class ParallelWork extends ScopedWork {
  private final Heads heads;
  private final NDArray mask;

  ParallelWork(NDManager manager, Heads heads) {
    super(manager);
    this.heads = heads;
    this.mask = Heads.decays(manager, heads.steps(), heads.steps(), (row, column) -> row - column);
  }

  @Override
  NDArray compute() {
    NDArray scores = heads.query().matMul(heads.key().transpose(0, 1, 3, 2));
    return scores.muli(mask).matMul(heads.value());
  }
}
