package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Index;
import dev.retain.runtime.kernel.NativeMemory;
import dev.retain.runtime.memory.ElementType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Whole numbers: loop counters are ints, so that loops count; everything else is a long. */
final class IndexEmitter {
  private final MethodEmitter method;

  IndexEmitter(MethodEmitter method) {
    this.method = method;
  }

  /** Pushes the index as an int. */
  void pushInt(Index index) {
    switch (index) {
      case Index.Constant(long value) when value == (int) value -> method.constant((int) value);
      case Index.Variable(String name) when isInt(name) -> method.read(name);
      case Index.Constant _,
          Index.Variable _,
          Index.Sum _,
          Index.Product _,
          Index.Quotient _,
          Index.Remainder _,
          Index.Element _,
          Index.Minimum _ -> {
        pushLong(index);
        method.instruction(Opcodes.L2I);
      }
    }
  }

  /** Pushes the index as a long. */
  void pushLong(Index index) {
    switch (index) {
      case Index.Constant(long value) -> method.constant(value);
      case Index.Variable(String name) -> variable(name);
      case Index.Sum _, Index.Product _ -> sum(LinearIndex.of(index));
      case Index.Quotient(Index dividend, Index divisor) -> quotient(dividend, divisor);
      case Index.Remainder(Index dividend, Index divisor) -> remainder(dividend, divisor);
      case Index.Element(String buffer, Index place) -> {
        MemoryEmitter.all(method);
        MemoryEmitter.layout(method, ElementType.I64);
        pushAccess(buffer, place, ElementType.I64.bytes());
        MemoryEmitter.get(method, ElementType.I64);
      }
      case Index.Minimum(Index left, Index right) -> {
        pushLong(left);
        pushLong(right);
        method.callStatic("java/lang/Math", "min", "(JJ)J");
      }
    }
  }

  /** Pushes the address of a buffer's element: {@code base + element * bytes}. */
  void pushAddress(String buffer, Index element, int bytes) {
    LinearIndex index = LinearIndex.of(element).scaled(bytes);
    method.read(buffer);
    addTerms(index);
    addConstant(index);
  }

  /**
   * The same for an access to memory, which the JVM's compiler need not check then: see {@link
   * NativeMemory#ADDRESS_BITS}. The displacement comes last, for it is what instructions have room
   * for.
   */
  void pushAccess(String buffer, Index element, int bytes) {
    LinearIndex index = LinearIndex.of(element).scaled(bytes);
    method.read(buffer);
    addTerms(index);
    method.constant(NativeMemory.ADDRESS_BITS);
    method.instruction(Opcodes.LAND);
    addConstant(index);
  }

  private void sum(LinearIndex index) {
    method.constant(0L);
    addTerms(index);
    addConstant(index);
  }

  /** Adds to the long on the stack: the terms of outer loops first, which inner loops reuse. */
  private void addTerms(LinearIndex index) {
    for (Map.Entry<List<Index>, Long> term : index.ordered(outermostFirst())) {
      product(term.getKey(), term.getValue());
      method.instruction(Opcodes.LADD);
    }
  }

  private void addConstant(LinearIndex index) {
    if (index.constant() != 0) {
      method.constant(index.constant());
      method.instruction(Opcodes.LADD);
    }
  }

  private void product(List<Index> factors, long constant) {
    pushLong(factors.getFirst());
    for (Index factor : factors.subList(1, factors.size())) {
      pushLong(factor);
      method.instruction(Opcodes.LMUL);
    }
    if (constant != 1) {
      method.constant(constant);
      method.instruction(Opcodes.LMUL);
    }
  }

  private void variable(String name) {
    method.read(name);
    if (isInt(name)) {
      method.instruction(Opcodes.I2L);
    }
  }

  private boolean isInt(String name) {
    return method.local(name).type().equals(Type.INT_TYPE);
  }

  // Both sides are never negative, so a power of two is a shift or a mask.

  private void quotient(Index dividend, Index divisor) {
    pushLong(dividend);
    if (divisor instanceof Index.Constant(long value) && Long.bitCount(value) == 1) {
      method.constant(Long.numberOfTrailingZeros(value));
      method.instruction(Opcodes.LUSHR);
    } else {
      pushLong(divisor);
      method.instruction(Opcodes.LDIV);
    }
  }

  private void remainder(Index dividend, Index divisor) {
    pushLong(dividend);
    if (divisor instanceof Index.Constant(long value) && Long.bitCount(value) == 1) {
      method.constant(value - 1);
      method.instruction(Opcodes.LAND);
    } else {
      pushLong(divisor);
      method.instruction(Opcodes.LREM);
    }
  }

  /** A local's slot says how early it was defined, and so how far outside. */
  private Comparator<List<Index>> outermostFirst() {
    return Comparator.comparingInt(
        product -> product.stream().mapToInt(this::latestSlot).max().orElse(0));
  }

  private int latestSlot(Index index) {
    return switch (index) {
      case Index.Constant _ -> 0;
      case Index.Variable(String name) -> method.local(name).slot();
      case Index.Sum(List<Index> terms) -> latestSlot(terms);
      case Index.Product(List<Index> factors) -> latestSlot(factors);
      case Index.Quotient(Index left, Index right) -> latestSlot(List.of(left, right));
      case Index.Remainder(Index left, Index right) -> latestSlot(List.of(left, right));
      case Index.Element(String buffer, Index place) -> latestSlot(place);
      case Index.Minimum(Index left, Index right) -> latestSlot(List.of(left, right));
    };
  }

  private int latestSlot(List<Index> parts) {
    return parts.stream().mapToInt(this::latestSlot).max().orElse(0);
  }
}
