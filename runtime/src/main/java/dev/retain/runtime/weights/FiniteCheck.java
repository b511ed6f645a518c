package dev.retain.runtime.weights;

import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Looks for infinities and NaNs in large tensors at the speed of memory. Their exponent is all
 * ones, so that adding one to it carries into the sign; the loops have no branch and become
 * vectors.
 */
final class FiniteCheck {
  /** Elements looked at together: an int counts them, and a block stays in the cache. */
  static final int BLOCK = 1 << 14;

  private static final int EXPONENT_32 = 0x7f80_0000;
  private static final int ONE_32 = 1 << 23;
  private static final long EXPONENT_64 = 0x7ff0_0000_0000_0000L;
  private static final long ONE_64 = 1L << 52;

  private FiniteCheck() {}

  static boolean isFinite(NativeTensor tensor, long start, int count) {
    MemorySegment values =
        tensor
            .segment()
            .asSlice(start * tensor.type().bytes(), (long) count * tensor.type().bytes());
    return switch (tensor.type()) {
      case F32 -> floatsAreFinite(values, count);
      case F64 -> doublesAreFinite(values, count);
      case I64, I8 -> true;
      case BF16 -> shortsAreFinite(values, count);
    };
  }

  private static boolean floatsAreFinite(MemorySegment values, int count) {
    int carries = 0;
    for (int i = 0; i < count; i++) {
      carries |= (values.getAtIndex(ValueLayout.JAVA_INT, i) & EXPONENT_32) + ONE_32;
    }
    return carries >= 0;
  }

  private static boolean shortsAreFinite(MemorySegment values, int count) {
    int carries = 0;
    for (int i = 0; i < count; i++) {
      carries |= (values.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16 & EXPONENT_32) + ONE_32;
    }
    return carries >= 0;
  }

  private static boolean doublesAreFinite(MemorySegment values, int count) {
    long carries = 0;
    for (int i = 0; i < count; i++) {
      carries |= (values.getAtIndex(ValueLayout.JAVA_LONG, i) & EXPONENT_64) + ONE_64;
    }
    return carries >= 0;
  }
}
