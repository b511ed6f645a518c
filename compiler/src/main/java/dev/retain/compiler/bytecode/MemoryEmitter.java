package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Index;
import dev.retain.runtime.memory.ElementType;
import java.util.Map;
import org.objectweb.asm.Opcodes;
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

  /** Pushes one element, as its buffer has it; one of a small type as a float. */
  void load(String buffer, Index element) {
    ElementType type = buffers.get(buffer);
    all(method);
    layout(method, type);
    access(buffer, element);
    get(method, type);
    switch (type) {
      case F32, F64, I64 -> {}
      case BF16 -> {
        method.constant(Short.SIZE);
        method.instruction(Opcodes.ISHL);
        method.callStatic("java/lang/Float", "intBitsToFloat", "(I)F");
      }
      case I8 -> method.instruction(Opcodes.I2F);
    }
  }

  static void get(MethodEmitter method, ElementType type) {
    method.callInterface(
        SEGMENT, "get", "(" + layoutDescriptor(type) + "J)" + stored(type).getDescriptor());
  }

  /** Pushes the elements that fill a vector; those of a small type are widened. */
  void loadVector(String buffer, Index element, VectorType vector) {
    ElementType type = buffers.get(buffer);
    WideningEmitter widening = new WideningEmitter(method, vector);
    switch (type) {
      case F32, F64, I64 -> vector(buffer, element, vector.owner(), vector.bits());
      case BF16 -> {
        vector(buffer, element, WideningEmitter.SHORTS, vector.bits() / 2);
        widening.fromBfloat16();
      }
      case I8 -> {
        if (vector.bits() / 4 >= WideningEmitter.NARROWEST) {
          vector(buffer, element, WideningEmitter.BYTES, vector.bits() / 4);
        } else {
          all(method);
          method.getStatic(LAYOUT, "JAVA_INT_UNALIGNED", "L" + LAYOUT + "$OfInt;");
          access(buffer, element);
          method.callInterface(SEGMENT, "get", "(L" + LAYOUT + "$OfInt;J)I");
          widening.bytesOfInt();
        }
        widening.fromBytes();
      }
    }
  }

  private void vector(String buffer, Index element, String owner, int bits) {
    VectorEmitter.species(method, owner, bits);
    all(method);
    access(buffer, element);
    byteOrder();
    method.callStatic(
        owner,
        "fromMemorySegment",
        "(" + VectorType.SPECIES + "L" + SEGMENT + ";J" + ORDER + ")L" + owner + ";");
  }

  /** Stores what {@code value} pushes: one element, of the buffer's type. */
  void store(String buffer, Index element, Runnable value) {
    ElementType type = buffers.get(buffer);
    all(method);
    layout(method, type);
    access(buffer, element);
    value.run();
    method.callInterface(
        SEGMENT, "set", "(" + layoutDescriptor(type) + "J" + stored(type).getDescriptor() + ")V");
  }

  /** Stores the vector that {@code value} pushes. */
  void storeVector(String buffer, Index element, VectorType vector, Runnable value) {
    value.run();
    all(method);
    access(buffer, element);
    byteOrder();
    method.callVirtual(vector.owner(), "intoMemorySegment", "(L" + SEGMENT + ";J" + ORDER + ")V");
  }

  private void access(String buffer, Index element) {
    indexes.pushAccess(buffer, element, buffers.get(buffer).bytes());
  }

  /** Pushes the address of an element, for a procedure to begin at. */
  void address(String buffer, Index element) {
    indexes.pushAddress(buffer, element, buffers.get(buffer).bytes());
  }

  ElementType typeOf(String buffer) {
    return buffers.get(buffer);
  }

  /** What an element is once it is loaded. */
  static Type lane(ElementType type) {
    return switch (type) {
      case F32, BF16, I8 -> Type.FLOAT_TYPE;
      case F64 -> Type.DOUBLE_TYPE;
      case I64 -> Type.LONG_TYPE;
    };
  }

  /** What an element is in memory. */
  private static Type stored(ElementType type) {
    return switch (type) {
      case F32, F64, I64 -> lane(type);
      case BF16 -> Type.SHORT_TYPE;
      case I8 -> Type.BYTE_TYPE;
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
          case BF16 -> "JAVA_SHORT_UNALIGNED";
          case I8 -> "JAVA_BYTE";
        };
    method.getStatic(LAYOUT, constant, layoutDescriptor(type));
  }

  private static String layoutDescriptor(ElementType type) {
    String layout =
        switch (type) {
          case F32 -> "OfFloat";
          case F64 -> "OfDouble";
          case I64 -> "OfLong";
          case BF16 -> "OfShort";
          case I8 -> "OfByte";
        };
    return "L" + LAYOUT + "$" + layout + ";";
  }

  private void byteOrder() {
    method.callStatic("java/nio/ByteOrder", "nativeOrder", "()" + ORDER);
  }
}
