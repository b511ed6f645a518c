package dev.retain.runtime.training.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The bytes in which a token is kept; unsigned, but for the widest. */
enum TokenWidth {
  BYTE(1),
  SHORT(2),
  INT(4);

  private final int bytes;

  TokenWidth(int bytes) {
    this.bytes = bytes;
  }

  /** The narrowest for a vocabulary. */
  static TokenWidth of(int vocabulary) {
    if (vocabulary <= 1 << Byte.SIZE) {
      return BYTE;
    }
    return vocabulary <= 1 << Short.SIZE ? SHORT : INT;
  }

  int bytes() {
    return bytes;
  }

  int get(MemorySegment tokens, long index) {
    return switch (this) {
      case BYTE -> tokens.get(ValueLayout.JAVA_BYTE, index) & 0xff;
      case SHORT -> tokens.getAtIndex(ValueLayout.JAVA_SHORT, index) & 0xffff;
      case INT -> tokens.getAtIndex(ValueLayout.JAVA_INT, index);
    };
  }

  void set(MemorySegment tokens, long index, int token) {
    switch (this) {
      case BYTE -> tokens.set(ValueLayout.JAVA_BYTE, index, (byte) token);
      case SHORT -> tokens.setAtIndex(ValueLayout.JAVA_SHORT, index, (short) token);
      case INT -> tokens.setAtIndex(ValueLayout.JAVA_INT, index, token);
    }
  }
}
