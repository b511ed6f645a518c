package dev.retain.runtime.training.data;

import dev.retain.runtime.training.Mixing;

/**
 * A shuffled order of 0 .. size - 1 in constant memory: a Feistel network over the next power of
 * four, applied until the result is in range.
 */
final class Permutation {
  private static final int ROUNDS = 8;

  private final long size;
  private final int halfBits;
  private final long mask;
  private final long key;

  /**
   * @param key equal keys give equal orders
   */
  Permutation(long size, long key) {
    this.size = size;
    this.halfBits = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(size - 1) + 1) / 2);
    this.mask = (1L << halfBits) - 1;
    this.key = key;
  }

  /** What stands at a place. */
  long at(long index) {
    long value = index;
    do {
      value = encrypt(value);
    } while (value >= size);
    return value;
  }

  private long encrypt(long value) {
    long left = value >>> halfBits;
    long right = value & mask;
    for (int round = 0; round < ROUNDS; round++) {
      long mixed = left ^ (Mixing.mix(key, round, right) & mask);
      left = right;
      right = mixed;
    }
    return left << halfBits | right;
  }
}
