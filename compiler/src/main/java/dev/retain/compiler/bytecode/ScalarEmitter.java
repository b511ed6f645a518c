package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Value.BinaryOperation;
import dev.retain.compiler.loops.Value.Relation;
import dev.retain.compiler.loops.Value.UnaryOperation;
import java.util.Arrays;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Operations on one number; the operands are on the stack. */
final class ScalarEmitter {
  private static final String MATH = "java/lang/Math";
  private static final String MATHEMATICS = "dev/retain/runtime/kernel/Mathematics";

  private final MethodEmitter method;

  ScalarEmitter(MethodEmitter method) {
    this.method = method;
  }

  void unary(UnaryOperation operation, Type type) {
    switch (operation) {
      case NEGATE -> method.instruction(Opcodes.INEG, type);
      case ABSOLUTE -> sameType(MATH, "abs", type, 1);
      case SQUARE_ROOT -> inDouble(MATH, "sqrt", type, 1);
      case EXPONENTIAL -> sameType(MATHEMATICS, "exp", type, 1);
      case LOGARITHM -> inDouble(MATH, "log", type, 1);
      case SINE -> inDouble(MATH, "sin", type, 1);
      case COSINE -> inDouble(MATH, "cos", type, 1);
      case HYPERBOLIC_TANGENT -> sameType(MATHEMATICS, "tanh", type, 1);
      case ERROR_FUNCTION -> inDouble(MATHEMATICS, "erf", type, 1);
    }
  }

  void binary(BinaryOperation operation, Type type) {
    switch (operation) {
      case ADD -> method.instruction(Opcodes.IADD, type);
      case SUBTRACT -> method.instruction(Opcodes.ISUB, type);
      case MULTIPLY -> method.instruction(Opcodes.IMUL, type);
      case DIVIDE -> method.instruction(Opcodes.IDIV, type);
      case MINIMUM -> sameType(MATH, "min", type, 2);
      case MAXIMUM -> sameType(MATH, "max", type, 2);
      case POWER -> sameType(MATHEMATICS, "power", type, 2);
    }
  }

  void multiplyAdd(Type type) {
    sameType(MATH, "fma", type, 3);
  }

  /** {@code yes} where the two numbers on the stack are so related, else {@code no}. */
  void select(Relation relation, Type compared, Runnable yes, Runnable no) {
    // With NaN on a side the comparison gives 1, which is in no relation.
    method.instruction(compared.equals(Type.FLOAT_TYPE) ? Opcodes.FCMPG : Opcodes.DCMPG);
    int otherwise =
        switch (relation) {
          case LESS -> Opcodes.IFGE;
          case LESS_OR_EQUAL -> Opcodes.IFGT;
          case EQUAL -> Opcodes.IFNE;
        };
    method.branch(otherwise, yes, no);
  }

  void convert(Type from, Type to) {
    if (from.equals(to)) {
      return;
    }
    method.instruction(
        switch (from.getSort()) {
          case Type.FLOAT -> to.equals(Type.DOUBLE_TYPE) ? Opcodes.F2D : Opcodes.F2L;
          case Type.DOUBLE -> to.equals(Type.FLOAT_TYPE) ? Opcodes.D2F : Opcodes.D2L;
          case Type.LONG -> to.equals(Type.FLOAT_TYPE) ? Opcodes.L2F : Opcodes.L2D;
          default -> throw new IllegalStateException("no number: " + from);
        });
  }

  private void inDouble(String owner, String name, Type type, int arity) {
    convert(type, Type.DOUBLE_TYPE);
    sameType(owner, name, Type.DOUBLE_TYPE, arity);
    convert(Type.DOUBLE_TYPE, type);
  }

  private void sameType(String owner, String name, Type type, int arity) {
    Type[] operands = new Type[arity];
    Arrays.fill(operands, type);
    method.callStatic(owner, name, Type.getMethodDescriptor(type, operands));
  }
}
