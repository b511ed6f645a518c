package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Value.BinaryOperation;
import dev.retain.compiler.loops.Value.Relation;
import dev.retain.compiler.loops.Value.UnaryOperation;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Operations on all lanes of a vector; the operands are on the stack. */
final class VectorEmitter {
  static final String OPERATORS = VectorType.API + "VectorOperators";

  private final MethodEmitter method;
  private final VectorConstants constants;

  VectorEmitter(MethodEmitter method, VectorConstants constants) {
    this.method = method;
    this.constants = constants;
  }

  /** Pushes the species: a constant, else the JVM compiles no vector instruction at all. */
  static void species(MethodEmitter method, VectorType vector) {
    species(method, vector.owner(), vector.bits());
  }

  /** The same of any vector class. */
  static void species(MethodEmitter method, String owner, int bits) {
    method.getStatic(owner, "SPECIES_" + bits, VectorType.SPECIES);
  }

  /** One number, pushed by {@code scalar}, in every lane. */
  void broadcast(VectorType vector, Runnable scalar) {
    species(method, vector);
    scalar.run();
    method.callStatic(
        vector.owner(),
        "broadcast",
        "(" + VectorType.SPECIES + vector.lane().getDescriptor() + ")" + vector.descriptor());
  }

  void literal(VectorType vector, double number) {
    broadcast(vector, () -> method.constant(number, vector.lane()));
  }

  /** {@code first} and its successors, where {@code first} is a number that is pushed. */
  void lanes(VectorType vector, Runnable first) {
    broadcast(vector, first);
    constants.lanes(method, vector);
    binary(BinaryOperation.ADD, vector);
  }

  void unary(UnaryOperation operation, VectorType vector) {
    switch (operation) {
      case NEGATE -> onLanes(vector, "neg", 0);
      case ABSOLUTE -> onLanes(vector, "abs", 0);
      case SQUARE_ROOT -> onLanes(vector, "sqrt", 0);
      case EXPONENTIAL -> new ExponentialEmitter(method, this, vector).exponential();
      case HYPERBOLIC_TANGENT -> new ExponentialEmitter(method, this, vector).hyperbolicTangent();
      case LOGARITHM, SINE, COSINE, ERROR_FUNCTION ->
          throw new IllegalStateException(operation + " has no vector form");
    }
  }

  void binary(BinaryOperation operation, VectorType vector) {
    switch (operation) {
      case ADD -> onLanes(vector, "add", 1);
      case SUBTRACT -> onLanes(vector, "sub", 1);
      case MULTIPLY -> onLanes(vector, "mul", 1);
      case DIVIDE -> onLanes(vector, "div", 1);
      case MINIMUM -> onLanes(vector, "min", 1);
      case MAXIMUM -> onLanes(vector, "max", 1);
      case POWER -> throw new IllegalStateException(operation + " has no vector form");
    }
  }

  void multiplyAdd(VectorType vector) {
    onLanes(vector, "fma", 2);
  }

  /** From no, yes, left, right: yes in the lanes where left and right are so related. */
  void select(Relation relation, VectorType compared, VectorType chosen) {
    method.getStatic(
        OPERATORS,
        switch (relation) {
          case LESS -> "LT";
          case LESS_OR_EQUAL -> "LE";
          case EQUAL -> "EQ";
        },
        "L" + OPERATORS + "$Comparison;");
    method.instruction(Opcodes.SWAP);
    method.callVirtual(
        compared.owner(),
        "compare",
        "(L" + OPERATORS + "$Comparison;" + VectorType.ANY + ")" + VectorType.MASK);
    blend(chosen);
  }

  private void blend(VectorType vector) {
    method.callVirtual(
        vector.owner(),
        "blend",
        "(" + VectorType.ANY + VectorType.MASK + ")" + vector.descriptor());
  }

  /** Lane i takes what lane {@code i ^ distance} has. */
  void exchange(VectorType vector, int distance) {
    constants.exchange(method, vector, distance);
    rearrange(vector);
  }

  /** From two vectors: of the second the lanes whose number has the bit, of the first the rest. */
  void merge(VectorType vector, int distance) {
    constants.bit(method, vector, distance);
    blend(vector);
  }

  /**
   * The lanes combined by halves. {@code reduceLanes} adds in one order when interpreted and in
   * another when compiled; this order is the program's own.
   */
  void reduce(BinaryOperation operation, VectorType vector) {
    for (int distance = vector.lanes() / 2; distance > 0; distance /= 2) {
      method.instruction(Opcodes.DUP);
      exchange(vector, distance);
      binary(operation, vector);
    }
    method.constant(0);
    method.callVirtual(vector.owner(), "lane", "(I)" + vector.lane().getDescriptor());
  }

  /** Two to the power of whole numbers, from floats whose lowest bits hold them. */
  void powerOfTwo(VectorType vector, int mantissaBits, long biasBits) {
    String whole = vector.wholeOwner();
    String result = "L" + whole + ";";
    String lane = vector.wholeLane().getDescriptor();
    boolean ints = vector.wholeLane().equals(Type.INT_TYPE);
    method.callVirtual(
        vector.owner(), ints ? "reinterpretAsInts" : "reinterpretAsLongs", "()" + result);
    method.getStatic(OPERATORS, "LSHL", "L" + OPERATORS + "$Binary;");
    whole(ints, mantissaBits);
    method.callVirtual(whole, "lanewise", "(L" + OPERATORS + "$Binary;" + lane + ")" + result);
    whole(ints, biasBits);
    method.callVirtual(whole, "add", "(" + lane + ")" + result);
    method.callVirtual(
        whole, ints ? "reinterpretAsFloats" : "reinterpretAsDoubles", "()" + vector.descriptor());
  }

  private void whole(boolean ints, long value) {
    if (ints) {
      method.constant((int) value);
    } else {
      method.constant(value);
    }
  }

  private void rearrange(VectorType vector) {
    method.callVirtual(
        vector.owner(), "rearrange", "(" + VectorType.SHUFFLE + ")" + vector.descriptor());
  }

  private void onLanes(VectorType vector, String name, int otherOperands) {
    method.callVirtual(
        vector.owner(),
        name,
        "(" + VectorType.ANY.repeat(otherOperands) + ")" + vector.descriptor());
  }
}
