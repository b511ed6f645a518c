package dev.retain.compiler.loops;

/** A floating-point computation inside a loop, without effects. */
public sealed interface Value {
  Kind kind();

  record Literal(double number, Kind kind) implements Value {}

  /** A {@link Statement.Define}d value or a {@link Statement.Accumulator}. */
  record Local(String name, Kind kind) implements Value {}

  /**
   * The element (or the run of elements that fills a vector) at {@code element} of a buffer. The
   * buffer's element type is the kind's, or another that {@link Kind#loads} names and that is
   * converted: for a scalar I64 and F32 to a DOUBLE, F64 to a FLOAT; for vectors, too, the small
   * types BF16 and I8, which widen.
   */
  record Load(String buffer, Index element, Kind kind) implements Value {}

  /** An index as a number. */
  record FromIndex(Index index, Kind kind) implements Value {}

  /** {@code first, first + 1, ...}: one number for each lane. */
  record Lanes(Index first, Kind kind) implements Value {}

  /** One number in every lane. */
  record Broadcast(Value scalar) implements Value {
    @Override
    public Kind kind() {
      return Kind.vector(scalar.kind().element());
    }
  }

  /** FLOAT to DOUBLE or back; scalars only. */
  record Convert(Value value, Kind kind) implements Value {}

  record Unary(UnaryOperation operation, Value value) implements Value {
    @Override
    public Kind kind() {
      return value.kind();
    }
  }

  record Binary(BinaryOperation operation, Value left, Value right) implements Value {
    @Override
    public Kind kind() {
      return left.kind();
    }
  }

  /** {@code a * b + c}, rounded once. */
  record MultiplyAdd(Value a, Value b, Value c) implements Value {
    @Override
    public Kind kind() {
      return a.kind();
    }
  }

  /** {@code yes} where {@code left relation right}, else {@code no}; lane by lane for vectors. */
  record Select(Relation relation, Value left, Value right, Value yes, Value no) implements Value {
    @Override
    public Kind kind() {
      return yes.kind();
    }
  }

  /**
   * Lane i holds what lane {@code i ^ distance} held: neighbours, pairs of neighbours and so on
   * change places (vectors only; the distance is a power of two).
   */
  record ExchangeLanes(Value vector, int distance) implements Value {
    @Override
    public Kind kind() {
      return vector.kind();
    }
  }

  /** The lanes whose number has the bit {@code distance} from one vector, the rest from another. */
  record MergeLanes(Value without, Value with, int distance) implements Value {
    @Override
    public Kind kind() {
      return with.kind();
    }
  }

  /** All lanes of a vector combined into one number, always in the same order. */
  record ReduceLanes(BinaryOperation operation, Value vector) implements Value {
    @Override
    public Kind kind() {
      return Kind.scalar(vector.kind().element());
    }
  }

  enum UnaryOperation {
    NEGATE,
    ABSOLUTE,
    SQUARE_ROOT,
    EXPONENTIAL,
    LOGARITHM,
    SINE,
    COSINE,
    HYPERBOLIC_TANGENT,
    ERROR_FUNCTION
  }

  enum BinaryOperation {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    MINIMUM,
    MAXIMUM,
    POWER
  }

  enum Relation {
    LESS,
    LESS_OR_EQUAL,
    EQUAL
  }
}
