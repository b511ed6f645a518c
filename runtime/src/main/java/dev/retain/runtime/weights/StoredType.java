package dev.retain.runtime.weights;

import dev.retain.runtime.memory.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfDouble;
import java.lang.foreign.ValueLayout.OfFloat;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.lang.foreign.ValueLayout.OfShort;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The types of elements a file may hold, under the names the format gives them. */
enum StoredType {
  F32(4, ElementType.F32),
  F64(8, ElementType.F64),
  BF16(2, ElementType.F32),
  F16(2, ElementType.F32),
  I64(8, ElementType.I64),
  I32(4, ElementType.I64),
  I8(1, ElementType.I64),
  U8(1, ElementType.I64),
  BOOL(1, ElementType.I64);

  // Files are little-endian, and pack tensors of different types without padding.
  private static final OfFloat FLOAT = littleEndian(ValueLayout.JAVA_FLOAT_UNALIGNED);
  private static final OfDouble DOUBLE = littleEndian(ValueLayout.JAVA_DOUBLE_UNALIGNED);
  private static final OfLong LONG = littleEndian(ValueLayout.JAVA_LONG_UNALIGNED);
  private static final OfInt INT = littleEndian(ValueLayout.JAVA_INT_UNALIGNED);
  private static final OfShort SHORT = littleEndian(ValueLayout.JAVA_SHORT_UNALIGNED);

  private final int bytes;
  private final ElementType widened;

  StoredType(int bytes, ElementType widened) {
    this.bytes = bytes;
    this.widened = widened;
  }

  static Optional<StoredType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  static String names() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }

  int bytes() {
    return bytes;
  }

  /** The smallest type of native memory that holds every value exactly. */
  ElementType widened() {
    return widened;
  }

  /** The type of native memory whose bytes are the same. */
  Optional<ElementType> same() {
    return Arrays.stream(ElementType.values())
        .filter(type -> type.name().equals(name()))
        .findFirst();
  }

  boolean isInteger() {
    return widened == ElementType.I64;
  }

  double getDouble(MemorySegment data, long index) {
    return switch (this) {
      case F32 -> data.get(FLOAT, index * 4);
      case F64 -> data.get(DOUBLE, index * 8);
      case BF16 -> Float.intBitsToFloat(data.get(SHORT, index * 2) << 16);
      case F16 -> Float.float16ToFloat(data.get(SHORT, index * 2));
      case I64, I32, I8, U8, BOOL -> getLong(data, index);
    };
  }

  long getLong(MemorySegment data, long index) {
    return switch (this) {
      case I64 -> data.get(LONG, index * 8);
      case I32 -> data.get(INT, index * 4);
      case I8 -> data.get(ValueLayout.JAVA_BYTE, index);
      case U8, BOOL -> data.get(ValueLayout.JAVA_BYTE, index) & 0xff;
      case F32, F64, BF16, F16 -> throw new IllegalStateException(this + " holds no integers");
    };
  }

  @SuppressWarnings("unchecked")
  private static <L extends ValueLayout> L littleEndian(L layout) {
    return (L) layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }
}
