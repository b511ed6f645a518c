package dev.retain.compiler.bytecode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** A method being written. Every local keeps one type for life, so that frames never merge two. */
final class MethodEmitter {
  /** The JVM never compiles a method above 8000 bytes; our frames and bounds need a margin. */
  static final int LARGEST_METHOD = 6000;

  record Local(String name, Type type, int slot) {}

  private record Visible(Local local, Label start) {}

  private record Named(Local local, Label start, Label end) {}

  private final String description;
  private final MethodVisitor method;
  private final Map<String, Local> locals = new HashMap<>();
  private final Deque<List<Visible>> scopes = new ArrayDeque<>();
  private final List<Named> table = new ArrayList<>();
  private int nextSlot;
  private int line;

  MethodEmitter(
      String description, ClassVisitor owner, int access, String name, String descriptor) {
    this.description = description;
    method = owner.visitMethod(access, name, descriptor, null, null);
    method.visitCode();
    scopes.push(new ArrayList<>());
  }

  // Locals

  /** A parameter, in the order of the descriptor. */
  void parameter(String name, Type type) {
    declare(name, type);
  }

  /** A new local with the value on the stack. */
  void define(String name, Type type) {
    Local local = new Local(name, type, nextSlot);
    store(local);
    declare(name, type);
  }

  /** A new local without a name of its own, with the value on the stack. */
  Local temporary(Type type) {
    Local local = new Local("", type, nextSlot);
    nextSlot += type.getSize();
    store(local);
    return local;
  }

  void assign(String name) {
    store(local(name));
  }

  void read(String name) {
    read(local(name));
  }

  void read(Local local) {
    method.visitVarInsn(local.type.getOpcode(Opcodes.ILOAD), local.slot);
  }

  Local local(String name) {
    return locals.get(name);
  }

  private void store(Local local) {
    method.visitVarInsn(local.type.getOpcode(Opcodes.ISTORE), local.slot);
  }

  private void declare(String name, Type type) {
    Local local = new Local(name, type, nextSlot);
    nextSlot += type.getSize();
    locals.put(name, local);
    scopes.element().add(new Visible(local, here()));
  }

  // Control

  /** {@code for (int variable = from; variable < to; variable += step) body}. */
  void forLoop(String variable, Runnable from, Runnable to, int step, Runnable body) {
    scopes.push(new ArrayList<>());
    // The bound first: the loop then starts right after its counter's definition.
    to.run();
    Local bound = temporary(Type.INT_TYPE);
    from.run();
    define(variable, Type.INT_TYPE);
    Label end = new Label();
    Label start = here();
    read(variable);
    read(bound);
    method.visitJumpInsn(Opcodes.IF_ICMPGE, end);
    body.run();
    increment(local(variable), step);
    method.visitJumpInsn(Opcodes.GOTO, start);
    closeScope();
    method.visitLabel(end);
  }

  private void increment(Local counter, int step) {
    if (step <= Short.MAX_VALUE) {
      method.visitIincInsn(counter.slot, step);
    } else {
      read(counter);
      constant(step);
      instruction(Opcodes.IADD);
      store(counter);
    }
  }

  /** Two branches on the int or flag on the stack; {@code jump} is taken to the second. */
  void branch(int jump, Runnable then, Runnable otherwise) {
    Label second = new Label();
    Label end = new Label();
    method.visitJumpInsn(jump, second);
    inScope(then);
    method.visitJumpInsn(Opcodes.GOTO, end);
    method.visitLabel(second);
    inScope(otherwise);
    method.visitLabel(end);
  }

  private void inScope(Runnable body) {
    scopes.push(new ArrayList<>());
    body.run();
    closeScope();
  }

  private void closeScope() {
    Label end = here();
    scopes.pop().forEach(visible -> table.add(new Named(visible.local, visible.start, end)));
  }

  private Label here() {
    Label label = new Label();
    method.visitLabel(label);
    return label;
  }

  /** What follows belongs to this line of the source; 0 where none is known. */
  void line(int number) {
    if (number > 0 && number != line) {
      method.visitLineNumber(number, here());
      line = number;
    }
  }

  int line() {
    return line;
  }

  // Constants and instructions

  void constant(int value) {
    if (value >= -1 && value <= 5) {
      instruction(Opcodes.ICONST_0 + value);
    } else if (value >= Byte.MIN_VALUE && value <= Byte.MAX_VALUE) {
      method.visitIntInsn(Opcodes.BIPUSH, value);
    } else if (value >= Short.MIN_VALUE && value <= Short.MAX_VALUE) {
      method.visitIntInsn(Opcodes.SIPUSH, value);
    } else {
      method.visitLdcInsn(value);
    }
  }

  void constant(long value) {
    method.visitLdcInsn(value);
  }

  /** The number as a float or a double. */
  void constant(double value, Type type) {
    if (type.equals(Type.FLOAT_TYPE)) {
      method.visitLdcInsn((float) value);
    } else {
      method.visitLdcInsn(value);
    }
  }

  void instruction(int opcode) {
    method.visitInsn(opcode);
  }

  /** An instruction with variants by type, given as its int variant. */
  void instruction(int intOpcode, Type type) {
    method.visitInsn(type.getOpcode(intOpcode));
  }

  void newIntArray() {
    method.visitIntInsn(Opcodes.NEWARRAY, Opcodes.T_INT);
  }

  void getStatic(String owner, String name, String descriptor) {
    method.visitFieldInsn(Opcodes.GETSTATIC, owner, name, descriptor);
  }

  void putStatic(String owner, String name, String descriptor) {
    method.visitFieldInsn(Opcodes.PUTSTATIC, owner, name, descriptor);
  }

  void callStatic(String owner, String name, String descriptor) {
    method.visitMethodInsn(Opcodes.INVOKESTATIC, owner, name, descriptor, false);
  }

  void callVirtual(String owner, String name, String descriptor) {
    method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, owner, name, descriptor, false);
  }

  void callInterface(String owner, String name, String descriptor) {
    method.visitMethodInsn(Opcodes.INVOKEINTERFACE, owner, name, descriptor, true);
  }

  /** Says of which class the object on the stack is. */
  void cast(String owner) {
    method.visitTypeInsn(Opcodes.CHECKCAST, owner);
  }

  void callConstructor(String owner) {
    method.visitMethodInsn(Opcodes.INVOKESPECIAL, owner, "<init>", "()V", false);
  }

  /** Returns nothing, and closes the method. */
  void end() {
    instruction(Opcodes.RETURN);
    closeScope();
    for (Named named : table) {
      method.visitLocalVariable(
          named.local.name,
          named.local.type.getDescriptor(),
          null,
          named.start,
          named.end,
          named.local.slot);
    }
    int size = here().getOffset();
    method.visitMaxs(0, 0);
    method.visitEnd();
    if (size > LARGEST_METHOD) {
      throw new IllegalStateException(
          "%s takes %d bytes of bytecode, and the JVM compiles no method above 8000: split it into"
                  .formatted(description, size)
              + " procedures of at most "
              + LARGEST_METHOD
              + " bytes");
    }
  }
}
