package dev.retain.compiler.bytecode;

import org.objectweb.asm.Type;

/**
 * Vectors of floats from vectors of small elements, as many as there are lanes: a few instructions
 * of registers, so that a kernel reads small weights as fast as memory gives them.
 */
final class WideningEmitter {
  static final String SHORTS = VectorType.API + "ShortVector";
  static final String BYTES = VectorType.API + "ByteVector";

  /** The Vector API has no narrower vectors. */
  static final int NARROWEST = 64;

  private static final String INTS = VectorType.API + "IntVector";
  private static final String CONVERSION = "L" + VectorEmitter.OPERATORS + "$Conversion;";
  private static final String BINARY = "L" + VectorEmitter.OPERATORS + "$Binary;";

  private final MethodEmitter method;
  private final VectorType vector;

  WideningEmitter(MethodEmitter method, VectorType vector) {
    this.method = method;
    this.vector = vector;
  }

  /** From the upper halves of floats, the floats. */
  void fromBfloat16() {
    convert("S2I", INTS);
    method.getStatic(VectorEmitter.OPERATORS, "LSHL", BINARY);
    method.constant(Short.SIZE);
    method.callVirtual(INTS, "lanewise", "(" + BINARY + "I)L" + INTS + ";");
    method.callVirtual(INTS, "reinterpretAsFloats", "()" + vector.descriptor());
  }

  /** From bytes, the floats of the same value. */
  void fromBytes() {
    convert("B2F", vector.owner());
  }

  /** From an int, a vector whose first lanes are its bytes. */
  void bytesOfInt() {
    MethodEmitter.Local bytes = method.temporary(Type.INT_TYPE);
    VectorEmitter.species(method, INTS, NARROWEST);
    method.read(bytes);
    method.callStatic(INTS, "broadcast", "(" + VectorType.SPECIES + "I)L" + INTS + ";");
    method.callVirtual(INTS, "reinterpretAsBytes", "()L" + BYTES + ";");
  }

  /** The first lanes, as many as the result has. */
  private void convert(String conversion, String result) {
    method.getStatic(VectorEmitter.OPERATORS, conversion, CONVERSION);
    VectorEmitter.species(method, result, vector.bits());
    method.constant(0);
    method.callVirtual(
        VectorType.API + "Vector",
        "convertShape",
        "(" + CONVERSION + VectorType.SPECIES + "I)" + VectorType.ANY);
    method.cast(result);
  }
}
