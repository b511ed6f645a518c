package dev.retain.runtime.training.blocks;

/** Which way a block is gone through. */
enum Way {
  /** For its losses, as the model is used. */
  MEASURE,
  /** For the states after it, as the model is trained. */
  FORWARD,
  /** For its losses and gradients. */
  BACK
}
