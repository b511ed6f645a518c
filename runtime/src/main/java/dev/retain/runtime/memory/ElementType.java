package dev.retain.runtime.memory;

/** The types an element can have in native memory; little-endian, as the machine has them. */
public enum ElementType {
  F32(4),
  F64(8),
  I64(8);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
