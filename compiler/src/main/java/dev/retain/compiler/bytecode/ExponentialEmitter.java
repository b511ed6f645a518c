package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Value.BinaryOperation;
import dev.retain.compiler.loops.Value.Relation;
import dev.retain.compiler.loops.Value.UnaryOperation;
import dev.retain.runtime.kernel.ExponentialSteps;
import dev.retain.runtime.kernel.Mathematics;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * exp and tanh of vectors, step by step as {@link Mathematics} has them for one number. The Vector
 * API's own EXP is a call when compiled (all registers are saved around it) and another function
 * when interpreted, so that results would change while a program warms up.
 */
final class ExponentialEmitter {
  private final MethodEmitter method;
  private final VectorEmitter vectors;
  private final VectorType vector;
  private final ExponentialSteps steps;

  ExponentialEmitter(MethodEmitter method, VectorEmitter vectors, VectorType vector) {
    this.method = method;
    this.vectors = vectors;
    this.vector = vector;
    steps = vector.isFloat() ? ExponentialSteps.FLOAT : ExponentialSteps.DOUBLE;
  }

  /** {@code x -> exp(x)}. */
  void exponential() {
    MethodEmitter.Local x = temporary();
    method.read(x);
    vectors.literal(vector, steps.largest());
    vectors.binary(BinaryOperation.MINIMUM, vector);
    Reduced reduced = reduce();
    polynomial(reduced.remainder(), 0);
    method.instruction(Opcodes.DUP);
    vectors.binary(BinaryOperation.ADD, vector);
    method.read(reduced.shifted());
    vectors.powerOfTwo(vector, steps.mantissaBits(), steps.halfBits());
    vectors.binary(BinaryOperation.MULTIPLY, vector);
    vectors.literal(vector, 0);
    method.read(x);
    vectors.literal(vector, steps.smallest());
    vectors.select(Relation.LESS, vector, vector);
  }

  /** {@code x -> tanh(x) = -e / (e + 2)} for {@code e = exp(-2 |x|) - 1}, with the sign of x. */
  void hyperbolicTangent() {
    MethodEmitter.Local x = temporary();
    method.read(x);
    vectors.unary(UnaryOperation.ABSOLUTE, vector);
    vectors.literal(vector, -2);
    vectors.binary(BinaryOperation.MULTIPLY, vector);
    vectors.literal(vector, ExponentialSteps.SMALLEST_MINUS_ONE);
    vectors.binary(BinaryOperation.MAXIMUM, vector);
    exponentialMinusOne();
    MethodEmitter.Local e = temporary();
    vectors.literal(vector, 0);
    method.read(e);
    vectors.binary(BinaryOperation.SUBTRACT, vector);
    method.read(e);
    vectors.literal(vector, 2);
    vectors.binary(BinaryOperation.ADD, vector);
    vectors.binary(BinaryOperation.DIVIDE, vector);
    method.instruction(Opcodes.DUP);
    vectors.unary(UnaryOperation.NEGATE, vector);
    method.read(x);
    vectors.literal(vector, 0);
    vectors.select(Relation.LESS, vector, vector);
  }

  private void exponentialMinusOne() {
    Reduced reduced = reduce();
    method.read(reduced.shifted());
    vectors.powerOfTwo(vector, steps.mantissaBits(), steps.oneBits());
    MethodEmitter.Local power = temporary();
    method.read(power);
    polynomial(reduced.remainder(), 1);
    method.read(reduced.remainder());
    vectors.binary(BinaryOperation.MULTIPLY, vector);
    method.read(power);
    vectors.literal(vector, 1);
    vectors.binary(BinaryOperation.SUBTRACT, vector);
    vectors.multiplyAdd(vector);
  }

  private record Reduced(MethodEmitter.Local shifted, MethodEmitter.Local remainder) {}

  /** x = n log 2 + remainder; {@code shifted} is n plus a number that moves n to the last bits. */
  private Reduced reduce() {
    MethodEmitter.Local x = temporary();
    method.read(x);
    vectors.literal(vector, ExponentialSteps.LOG2_E);
    vectors.literal(vector, steps.shift());
    vectors.multiplyAdd(vector);
    MethodEmitter.Local shifted = temporary();
    method.read(shifted);
    vectors.literal(vector, steps.shift());
    vectors.binary(BinaryOperation.SUBTRACT, vector);
    MethodEmitter.Local n = temporary();
    method.read(n);
    vectors.literal(vector, -steps.lnTwoLow());
    method.read(n);
    vectors.literal(vector, -steps.lnTwoHigh());
    method.read(x);
    vectors.multiplyAdd(vector);
    vectors.multiplyAdd(vector);
    return new Reduced(shifted, temporary());
  }

  /** The sum of x^(k - first) / k! for k from {@code first} to the last, by Horner's rule. */
  private void polynomial(MethodEmitter.Local x, int first) {
    vectors.literal(vector, ExponentialSteps.inverseFactorial(steps.degree()));
    for (int k = steps.degree() - 1; k >= first; k--) {
      method.read(x);
      vectors.literal(vector, ExponentialSteps.inverseFactorial(k));
      vectors.multiplyAdd(vector);
    }
  }

  private MethodEmitter.Local temporary() {
    return method.temporary(Type.getType(vector.descriptor()));
  }
}
