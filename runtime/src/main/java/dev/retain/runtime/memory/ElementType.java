package dev.retain.runtime.memory;

/** The types an element can have in native memory; little-endian, as the machine has them. */
public enum ElementType {
  F32(4),
  F64(8),
  I64(8),
  /** The upper half of an F32. Weights are stored so, nothing is computed so. */
  BF16(2),
  /** A whole number from -128 to 127; the same is true of it. */
  I8(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Whether it is one of those that weights are stored in to save memory. */
  public boolean isSmall() {
    return this == BF16 || this == I8;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
