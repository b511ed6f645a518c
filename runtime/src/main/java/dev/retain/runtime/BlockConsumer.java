package dev.retain.runtime;

import dev.retain.runtime.memory.NativeTensor;

/** Takes the logits of a run block by block, so that the memory does not grow with its length. */
@FunctionalInterface
public interface BlockConsumer {
  /**
   * @param start the number of the block's first step in this call, from 0
   * @param length how many steps the block has
   * @param logits [batch, length, vocabulary]; valid until this method returns
   */
  void accept(int start, int length, NativeTensor logits);
}
