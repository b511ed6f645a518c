package dev.retain.runtime.kernel;

/** The calling convention of generated code. Implementations have no state. */
public interface Kernel {
  /**
   * Runs one worker's part. Workers write disjoint elements (or the same values to the same
   * elements), so the result does not depend on how many there are.
   *
   * @param addresses the first byte of each buffer, in the kernel's own order
   * @param batch the number of sequences
   * @param time the number of steps in this block
   * @param worker this worker's number, from 0
   * @param workers how many workers run this kernel
   */
  void run(long[] addresses, int batch, int time, int worker, int workers);
}
