package dev.retain.runtime.training.blocks;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.training.Mixing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Numbers from 0 up to 1 that dropout is drawn with; they follow from the seed and the place. */
final class Noise {
  private static final int FLOAT_BITS = 24;
  private static final float FLOAT_STEP = 0x1p-24f;
  private static final double STEP = 0x1p-24;

  private Noise() {}

  /**
   * Fills the memory of one use of dropout. Both types get the same numbers.
   *
   * @param site which use
   * @param start the first step of the block
   */
  static void fill(
      MemorySegment target, ElementType type, long elements, long seed, long site, long start) {
    long key = Mixing.mix(seed, site, start);
    switch (type) {
      case F32 -> {
        for (long i = 0; i < elements; i++) {
          target.setAtIndex(ValueLayout.JAVA_FLOAT, i, bits(key, i) * FLOAT_STEP);
        }
      }
      case F64 -> {
        for (long i = 0; i < elements; i++) {
          target.setAtIndex(ValueLayout.JAVA_DOUBLE, i, bits(key, i) * STEP);
        }
      }
      case I64, BF16, I8 -> throw new IllegalStateException("noise is F32 or F64, not " + type);
    }
  }

  private static int bits(long key, long place) {
    return (int) (Mixing.scrambled(key + place * Mixing.STEP) >>> (Long.SIZE - FLOAT_BITS));
  }
}
