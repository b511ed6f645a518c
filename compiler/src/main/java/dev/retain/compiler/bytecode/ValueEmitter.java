package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Index;
import dev.retain.compiler.loops.Kind;
import dev.retain.compiler.loops.Value;
import dev.retain.runtime.memory.ElementType;
import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.Type;

/** Pushes values: each kind of value is one small method here or one operation of its kind. */
final class ValueEmitter {
  private final MethodEmitter method;
  private final IndexEmitter indexes;
  private final MemoryEmitter memory;
  private final ScalarEmitter scalars;
  private final VectorEmitter vectors;
  private final int vectorBits;

  /** Locals that change from pass to pass of a loop. */
  private final Set<String> accumulators = new HashSet<>();

  ValueEmitter(
      MethodEmitter method,
      IndexEmitter indexes,
      MemoryEmitter memory,
      VectorConstants constants,
      int vectorBits) {
    this.method = method;
    this.indexes = indexes;
    this.memory = memory;
    this.vectorBits = vectorBits;
    scalars = new ScalarEmitter(method);
    vectors = new VectorEmitter(method, constants);
  }

  /** Leaves the value on the stack. */
  void push(Value value) {
    switch (value) {
      case Value.Literal(double number, Kind kind) -> literal(number, kind);
      case Value.Local(String name, Kind _) -> method.read(name);
      case Value.Load(String buffer, Index element, Kind kind) -> load(buffer, element, kind);
      case Value.FromIndex(Index index, Kind kind) -> fromIndex(index, kind.element());
      case Value.Lanes(Index first, Kind kind) ->
          vectors.lanes(vector(kind), () -> fromIndex(first, kind.element()));
      case Value.Broadcast broadcast ->
          vectors.broadcast(vector(broadcast.kind()), () -> push(broadcast.scalar()));
      case Value.Convert(Value number, Kind kind) -> convert(number, kind);
      case Value.Unary(Value.UnaryOperation operation, Value operand) -> unary(operation, operand);
      case Value.Binary(Value.BinaryOperation operation, Value left, Value right) ->
          binary(operation, left, right);
      case Value.MultiplyAdd(Value a, Value b, Value c) -> multiplyAdd(a, b, c);
      case Value.Select select -> select(select);
      case Value.ExchangeLanes(Value operand, int distance) -> {
        push(operand);
        vectors.exchange(vector(operand.kind()), distance);
      }
      case Value.MergeLanes(Value without, Value with, int distance) -> {
        push(without);
        push(with);
        vectors.merge(vector(with.kind()), distance);
      }
      case Value.ReduceLanes(Value.BinaryOperation operation, Value operand) -> {
        push(operand);
        vectors.reduce(operation, vector(operand.kind()));
      }
    }
  }

  /** The type of a local that holds a value of this kind. */
  Type typeOf(Kind kind) {
    return kind.isVector()
        ? Type.getType(vector(kind).descriptor())
        : MemoryEmitter.lane(kind.element());
  }

  void store(String buffer, Index element, Value value) {
    if (value.kind().isVector()) {
      memory.storeVector(buffer, element, vector(value.kind()), () -> push(value));
    } else {
      memory.store(
          buffer,
          element,
          () -> {
            push(value);
            scalars.convert(typeOf(value.kind()), MemoryEmitter.lane(memory.typeOf(buffer)));
          });
    }
  }

  private VectorType vector(Kind kind) {
    return new VectorType(kind.element(), vectorBits);
  }

  private void literal(double number, Kind kind) {
    if (kind.isVector()) {
      vectors.literal(vector(kind), number);
    } else {
      method.constant(number, typeOf(kind));
    }
  }

  private void load(String buffer, Index element, Kind kind) {
    if (kind.isVector()) {
      memory.loadVector(buffer, element, vector(kind));
    } else {
      memory.load(buffer, element);
      scalars.convert(MemoryEmitter.lane(memory.typeOf(buffer)), typeOf(kind));
    }
  }

  private void fromIndex(Index index, ElementType element) {
    indexes.pushLong(index);
    scalars.convert(Type.LONG_TYPE, MemoryEmitter.lane(element));
  }

  private void convert(Value number, Kind kind) {
    push(number);
    scalars.convert(typeOf(number.kind()), typeOf(kind));
  }

  private void unary(Value.UnaryOperation operation, Value operand) {
    push(operand);
    Kind kind = operand.kind();
    if (kind.isVector()) {
      vectors.unary(operation, vector(kind));
    } else {
      scalars.unary(operation, typeOf(kind));
    }
  }

  /** Says that a local is an accumulator. */
  void accumulates(String name) {
    accumulators.add(name);
  }

  private void binary(Value.BinaryOperation operation, Value left, Value right) {
    Kind kind = left.kind();
    boolean exchanged =
        kind.isVector() && isCommutative(operation) && isAccumulator(left) && !isAccumulator(right);
    push(exchanged ? right : left);
    push(exchanged ? left : right);
    if (kind.isVector()) {
      vectors.binary(operation, vector(kind));
    } else {
      scalars.binary(operation, typeOf(kind));
    }
  }

  private static boolean isCommutative(Value.BinaryOperation operation) {
    return switch (operation) {
      case ADD, MULTIPLY, MINIMUM, MAXIMUM -> true;
      case SUBTRACT, DIVIDE, POWER -> false;
    };
  }

  /**
   * The JVM's compiler finds the class of a vector in the operation that makes it. It does not find
   * that of an accumulator, which is what the operation itself makes of it: the first operand,
   * whose method is called, must be another one. Else it depends on what was counted before, by
   * chance, whether there is a vector instruction or a call that allocates.
   */
  private boolean isAccumulator(Value value) {
    return value instanceof Value.Local(String name, Kind _) && accumulators.contains(name);
  }

  private void multiplyAdd(Value a, Value b, Value c) {
    push(a);
    push(b);
    push(c);
    Kind kind = a.kind();
    if (kind.isVector()) {
      vectors.multiplyAdd(vector(kind));
    } else {
      scalars.multiplyAdd(typeOf(kind));
    }
  }

  private void select(Value.Select select) {
    Kind compared = select.left().kind();
    if (compared.isVector()) {
      push(select.no());
      push(select.yes());
      push(select.left());
      push(select.right());
      vectors.select(select.relation(), vector(compared), vector(select.kind()));
    } else {
      push(select.left());
      push(select.right());
      scalars.select(
          select.relation(), typeOf(compared), () -> push(select.yes()), () -> push(select.no()));
    }
  }
}
