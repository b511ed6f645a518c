package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;

/** How PyTorch computes a retention core. Arranging what it reads is not measured. */
interface CoreForm {
  /**
   * Arranges an input as the form reads it.
   *
   * @param byHead [1, head, steps, width]
   */
  NDArray arranged(NDArray byHead, int width);

  /** The output of all steps, of inputs that are arranged. */
  NDArray output(NDArray query, NDArray key, NDArray value);

  /** The inverse of {@link #arranged}. */
  NDArray byHead(NDArray arranged, int width);
}
