package dev.retain.compiler.bytecode;

import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The shuffles, masks and lane numbers that a class uses, as static final fields of the class: only
 * a constant shuffle becomes one instruction.
 */
final class VectorConstants {
  private record Constant(String name, VectorType vector, String descriptor, Runnable value) {}

  private final String owner;
  private final SequencedMap<String, Constant> constants = new TreeMap<>();
  private MethodEmitter initialiser;

  VectorConstants(String owner) {
    this.owner = owner;
  }

  /** Pushes 0, 1, 2... in the lanes of a vector. */
  void lanes(MethodEmitter method, VectorType vector) {
    load(method, "LANES", vector, vector.descriptor(), () -> lanes(vector));
  }

  /** Pushes the shuffle that brings lane {@code i ^ distance} to lane i. */
  void exchange(MethodEmitter method, VectorType vector, int distance) {
    shuffle(method, "EXCHANGE_" + distance, vector, lane -> lane ^ distance);
  }

  /** Pushes the mask of the lanes whose number has the bit {@code distance}. */
  void bit(MethodEmitter method, VectorType vector, int distance) {
    load(method, "BIT_" + distance, vector, VectorType.MASK, () -> mask(vector, distance));
  }

  private void mask(VectorType vector, int distance) {
    long lanes = 0;
    for (int lane = 0; lane < vector.lanes(); lane++) {
      lanes |= (lane & distance) != 0 ? 1L << lane : 0;
    }
    initialiser.constant(lanes);
    initialiser.callStatic(
        VectorType.API + "VectorMask",
        "fromLong",
        "(" + VectorType.SPECIES + "J)" + VectorType.MASK);
  }

  private void shuffle(
      MethodEmitter method, String name, VectorType vector, IntUnaryOperator source) {
    load(method, name, vector, VectorType.SHUFFLE, () -> shuffle(vector, source));
  }

  private void load(
      MethodEmitter method, String name, VectorType vector, String descriptor, Runnable value) {
    String field = name + "_" + vector.element();
    constants.putIfAbsent(field, new Constant(field, vector, descriptor, value));
    method.getStatic(owner, field, descriptor);
  }

  private void lanes(VectorType vector) {
    initialiser.callStatic(
        vector.owner(), "zero", "(" + VectorType.SPECIES + ")" + vector.descriptor());
    initialiser.constant(1);
    initialiser.callVirtual(vector.owner(), "addIndex", "(I)" + vector.descriptor());
  }

  private void shuffle(VectorType vector, IntUnaryOperator source) {
    initialiser.constant(vector.lanes());
    initialiser.newIntArray();
    for (int lane = 0; lane < vector.lanes(); lane++) {
      initialiser.instruction(Opcodes.DUP);
      initialiser.constant(lane);
      initialiser.constant(source.applyAsInt(lane));
      initialiser.instruction(Opcodes.IASTORE);
    }
    initialiser.callStatic(
        VectorType.API + "VectorShuffle",
        "fromValues",
        "(" + VectorType.SPECIES + "[I)" + VectorType.SHUFFLE);
  }

  /** Declares the fields that were used, and what sets them. */
  void end(ClassVisitor visitor) {
    if (constants.isEmpty()) {
      return;
    }
    int modifiers = Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL;
    for (Constant constant : constants.values()) {
      visitor.visitField(modifiers, constant.name, constant.descriptor, null, null).visitEnd();
    }
    initialiser =
        new MethodEmitter(
            "the constants of " + owner, visitor, Opcodes.ACC_STATIC, "<clinit>", "()V");
    for (Constant constant : constants.values()) {
      VectorEmitter.species(initialiser, constant.vector);
      constant.value.run();
      initialiser.putStatic(owner, constant.name, constant.descriptor);
    }
    initialiser.end();
  }
}
