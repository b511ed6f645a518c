package dev.retain.compiler.bytecode;

import dev.retain.runtime.memory.ElementType;
import org.objectweb.asm.Type;

/** A vector class of the Vector API and the width that a generated class uses it at. */
record VectorType(ElementType element, int bits) {
  static final String API = "jdk/incubator/vector/";
  static final String SPECIES = "L" + API + "VectorSpecies;";
  static final String ANY = "L" + API + "Vector;";
  static final String SHUFFLE = "L" + API + "VectorShuffle;";
  static final String MASK = "L" + API + "VectorMask;";

  boolean isFloat() {
    return element == ElementType.F32;
  }

  int lanes() {
    return bits / (8 * element.bytes());
  }

  String owner() {
    return API + (isFloat() ? "FloatVector" : "DoubleVector");
  }

  String descriptor() {
    return "L" + owner() + ";";
  }

  /** The vector of whole numbers with lanes of the same width. */
  String wholeOwner() {
    return API + (isFloat() ? "IntVector" : "LongVector");
  }

  Type lane() {
    return isFloat() ? Type.FLOAT_TYPE : Type.DOUBLE_TYPE;
  }

  Type wholeLane() {
    return isFloat() ? Type.INT_TYPE : Type.LONG_TYPE;
  }
}
