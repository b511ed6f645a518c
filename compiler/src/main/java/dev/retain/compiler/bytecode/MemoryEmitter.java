package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Index;
import dev.retain.runtime.memory.ElementType;
import java.util.Map;
import org.objectweb.asm.Type;

/** Loads and stores of native memory, all through one segment (see {@code NativeMemory}). */
final class MemoryEmitter {
  private static final String SEGMENT = "java/lang/foreign/MemorySegment";
  private static final String LAYOUT = "java/lang/foreign/ValueLayout";
  private static final String ORDER = "Ljava/nio/ByteOrder;";

  private final MethodEmitter method;
  private final IndexEmitter indexes;
  private final Map<String, ElementType> buffers;

  MemoryEmitter(MethodEmitter method, IndexEmitter indexes, Map<String, ElementType> buffers) {
    this.method = method;
    this.indexes = indexes;
    this.buffers = buffers;
  }

  /** Pushes one element, as its buffer has it. */
  void load(String buffer, Index element) {
    ElementType type = buffers.get(buffer);
    all(method);
    layout(method, type);
    address(buffer, element);
    get(method, type);
  }

  static void get(MethodEmitter method, ElementType type) {
    method.callInterface(
        SEGMENT, "get", "(" + layoutDescriptor(type) + "J)" + lane(type).getDescriptor());
  }

  /** Pushes the elements that fill a vector. */
  void loadVector(String buffer, Index element, VectorType vector) {
    VectorEmitter.species(method, vector);
    all(method);
    address(buffer, element);
    byteOrder();
    method.callStatic(
        vector.owner(),
        "fromMemorySegment",
        "(" + VectorType.SPECIES + "L" + SEGMENT + ";J" + ORDER + ")" + vector.descriptor());
  }

  /** Stores what {@code value} pushes: one element, of the buffer's type. */
  void store(String buffer, Index element, Runnable value) {
    ElementType type = buffers.get(buffer);
    all(method);
    layout(method, type);
    address(buffer, element);
    value.run();
    method.callInterface(
        SEGMENT, "set", "(" + layoutDescriptor(type) + "J" + lane(type).getDescriptor() + ")V");
  }

  /** Stores the vector that {@code value} pushes. */
  void storeVector(String buffer, Index element, VectorType vector, Runnable value) {
    value.run();
    all(method);
    address(buffer, element);
    byteOrder();
    method.callVirtual(vector.owner(), "intoMemorySegment", "(L" + SEGMENT + ";J" + ORDER + ")V");
  }

  void address(String buffer, Index element) {
    indexes.pushAddress(buffer, element, buffers.get(buffer).bytes());
  }

  ElementType typeOf(String buffer) {
    return buffers.get(buffer);
  }

  static Type lane(ElementType type) {
    return switch (type) {
      case F32 -> Type.FLOAT_TYPE;
      case F64 -> Type.DOUBLE_TYPE;
      case I64 -> Type.LONG_TYPE;
    };
  }

  static void all(MethodEmitter method) {
    method.getStatic("dev/retain/runtime/kernel/NativeMemory", "ALL", "L" + SEGMENT + ";");
  }

  static void layout(MethodEmitter method, ElementType type) {
    String constant =
        switch (type) {
          case F32 -> "JAVA_FLOAT_UNALIGNED";
          case F64 -> "JAVA_DOUBLE_UNALIGNED";
          case I64 -> "JAVA_LONG_UNALIGNED";
        };
    method.getStatic(LAYOUT, constant, layoutDescriptor(type));
  }

  private static String layoutDescriptor(ElementType type) {
    String layout =
        switch (type) {
          case F32 -> "OfFloat";
          case F64 -> "OfDouble";
          case I64 -> "OfLong";
        };
    return "L" + LAYOUT + "$" + layout + ";";
  }

  private void byteOrder() {
    method.callStatic("java/nio/ByteOrder", "nativeOrder", "()" + ORDER);
  }
}
