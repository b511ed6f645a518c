package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * torchscale's parallel form without rotation and normalisers. The mask of decays is the same for
 * all layers there, so making it is not measured.
 */
final class ParallelForm implements CoreForm {
  private final NDArray mask;

  ParallelForm(NDManager manager, int steps) {
    this.mask = Heads.decays(manager, steps, steps, (row, column) -> row - column);
  }

  @Override
  public NDArray arranged(NDArray byHead, int width) {
    return byHead;
  }

  @Override
  public NDArray output(NDArray query, NDArray key, NDArray value) {
    return query.matMul(key.transpose(0, 1, 3, 2)).muli(mask).matMul(value);
  }

  @Override
  public NDArray byHead(NDArray arranged, int width) {
    return arranged;
  }
}
