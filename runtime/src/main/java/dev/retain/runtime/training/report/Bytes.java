package dev.retain.runtime.training.report;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Bytes that are put together again and again in the same memory, little-endian. What is written at
 * every step of a run leaves nothing for the JVM to collect.
 */
final class Bytes {
  private ByteBuffer buffer = allocate(1 << 10);

  private static ByteBuffer allocate(int capacity) {
    // Files take it as it is; what is on the heap would be copied first.
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      buffer = allocate(2 * (buffer.position() + bytes)).put(buffer.flip());
    }
    return buffer;
  }

  Bytes clear() {
    buffer.clear();
    return this;
  }

  Bytes put(int value) {
    room(1).put((byte) value);
    return this;
  }

  Bytes put(byte[] values) {
    room(values.length).put(values);
    return this;
  }

  Bytes put(ByteBuffer values) {
    room(values.remaining()).put(values);
    return this;
  }

  Bytes putInt(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  Bytes putLong(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  Bytes putFloat(float value) {
    room(Float.BYTES).putFloat(value);
    return this;
  }

  Bytes putDouble(double value) {
    room(Double.BYTES).putDouble(value);
    return this;
  }

  /** Text of ASCII characters. */
  Bytes putAscii(CharSequence text) {
    ByteBuffer target = room(text.length());
    for (int i = 0; i < text.length(); i++) {
      target.put((byte) text.charAt(i));
    }
    return this;
  }

  /** All so far, to be read once; nothing more can be put before the next {@link #clear}. */
  ByteBuffer read() {
    return buffer.flip();
  }
}
