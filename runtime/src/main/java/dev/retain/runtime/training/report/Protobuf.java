package dev.retain.runtime.training.report;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes one message in the wire format of protocol buffers, field by field, again and again. */
final class Protobuf {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private final Bytes out = new Bytes();

  /** Begins another message. */
  Protobuf clear() {
    out.clear();
    return this;
  }

  Protobuf number(int field, long value) {
    key(field, VARINT);
    varint(value);
    return this;
  }

  Protobuf real(int field, double value) {
    key(field, FIXED_64);
    out.putDouble(value);
    return this;
  }

  Protobuf real(int field, float value) {
    key(field, FIXED_32);
    out.putFloat(value);
    return this;
  }

  Protobuf ascii(int field, String value) {
    key(field, BYTES);
    varint(value.length());
    out.putAscii(value);
    return this;
  }

  Protobuf text(int field, String value) {
    return bytes(field, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
  }

  /** A message that is over with this. */
  Protobuf message(int field, Protobuf value) {
    return bytes(field, value.read());
  }

  private Protobuf bytes(int field, ByteBuffer value) {
    key(field, BYTES);
    varint(value.remaining());
    out.put(value);
    return this;
  }

  /** The message, which is over with this. */
  ByteBuffer read() {
    return out.read();
  }

  private void key(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.put((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.put((int) rest);
  }
}
