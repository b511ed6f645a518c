package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Coordinate;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.loops.Value.BinaryOperation;
import dev.retain.compiler.loops.Value.Relation;
import dev.retain.compiler.loops.Value.UnaryOperation;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.runtime.memory.ElementType;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Turns the value of one element into statements; shared parts become locals. */
final class ScalarLowering {
  /** Where the elements of a value's leaves are, at the position that the loops stand at. */
  interface Places {
    /** The parameter that stands for the element's buffer. */
    String name(Scalar.Element element);

    /** The element that the coordinates name. */
    Index element(Scalar.Element element);

    /** The first of a vector of elements; of partners, the first of the pairs themselves. */
    Index first(Scalar.Element element);

    /** How the element moves along the vector's axis: not at all, by one, or otherwise. */
    Movement movement(Scalar.Element element);

    Index position(Axis axis);

    /** Whether the axis is the vector's own, along which positions differ by lane. */
    boolean isInner(Axis axis);
  }

  enum Movement {
    STILL,
    BY_ONE,
    PARTNER,
    OTHERWISE
  }

  private final Places places;
  private final ElementType precision;
  private final ElementType real;
  private final boolean vector;
  private final Names names;
  private final List<Statement> statements;
  private final Map<Scalar, Value> done = new IdentityHashMap<>();

  ScalarLowering(
      Places places,
      ElementType precision,
      ElementType real,
      boolean vector,
      Names names,
      List<Statement> statements) {
    this.places = places;
    this.precision = precision;
    this.real = real;
    this.vector = vector;
    this.names = names;
    this.statements = statements;
  }

  /** Whether the value can be computed for a whole vector at once. */
  static boolean isVectorizable(Scalar value, Places places, ElementType precision) {
    return switch (value) {
      case Scalar.Literal l -> true;
      case Scalar.Position p -> true;
      case Scalar.PairSign(Axis axis) -> !places.isInner(axis);
      case Scalar.Element element ->
          switch (places.movement(element)) {
            case STILL -> true;
            case BY_ONE, PARTNER -> Kind.vector(precision).loads(element.buffer().type());
            case OTHERWISE -> false;
          };
      case Scalar.Apply(Function function, List<Scalar> operands) ->
          function.isInVectors()
              && operands.stream().allMatch(o -> isVectorizable(o, places, precision));
    };
  }

  Value value(Scalar scalar) {
    Value known = done.get(scalar);
    if (known != null) {
      return known;
    }
    Value value =
        switch (scalar) {
          case Scalar.Literal(double number) -> spread(new Value.Literal(number, one()));
          case Scalar.Position(Axis axis) ->
              vector && places.isInner(axis)
                  ? new Value.Lanes(places.position(axis), kind())
                  : spread(new Value.FromIndex(places.position(axis), one()));
          case Scalar.PairSign(Axis axis) ->
              spread(
                  new Value.Select(
                      Relation.EQUAL,
                      new Value.FromIndex(places.position(axis).remainder(Index.of(2)), one()),
                      new Value.Literal(0, one()),
                      new Value.Literal(-1, one()),
                      new Value.Literal(1, one())));
          case Scalar.Element element -> element(element);
          case Scalar.Apply(Function function, List<Scalar> operands) -> apply(function, operands);
        };
    if (scalar instanceof Scalar.Apply || scalar instanceof Scalar.Element) {
      String name = names.fresh("v");
      statements.add(new Statement.Define(name, value));
      value = new Value.Local(name, value.kind());
    }
    done.put(scalar, value);
    return value;
  }

  private Value element(Scalar.Element element) {
    String name = places.name(element);
    Index place = places.element(element);
    if (!vector) {
      return new Value.Load(name, place, one());
    }
    return switch (places.movement(element)) {
      case STILL -> new Value.Broadcast(new Value.Load(name, place, one()));
      case BY_ONE -> new Value.Load(name, places.first(element), kind());
      case PARTNER ->
          new Value.ExchangeLanes(new Value.Load(name, places.first(element), kind()), 1);
      case OTHERWISE -> throw new IllegalStateException("no vector of " + element);
    };
  }

  private Value apply(Function function, List<Scalar> operands) {
    return switch (function) {
      case ADD -> binary(BinaryOperation.ADD, operands);
      case SUBTRACT -> binary(BinaryOperation.SUBTRACT, operands);
      case MULTIPLY -> binary(BinaryOperation.MULTIPLY, operands);
      case DIVIDE -> binary(BinaryOperation.DIVIDE, operands);
      case POWER -> binary(BinaryOperation.POWER, operands);
      case MAX -> binary(BinaryOperation.MAXIMUM, operands);
      case MIN -> binary(BinaryOperation.MINIMUM, operands);
      case NEGATE -> unary(UnaryOperation.NEGATE, operands);
      case EXP -> unary(UnaryOperation.EXPONENTIAL, operands);
      case LOG -> unary(UnaryOperation.LOGARITHM, operands);
      case SQRT -> unary(UnaryOperation.SQUARE_ROOT, operands);
      case ERF -> unary(UnaryOperation.ERROR_FUNCTION, operands);
      case TANH -> unary(UnaryOperation.HYPERBOLIC_TANGENT, operands);
      case SIN -> unary(UnaryOperation.SINE, operands);
      case COS -> unary(UnaryOperation.COSINE, operands);
      case ABS -> unary(UnaryOperation.ABSOLUTE, operands);
      case LESS -> flag(Relation.LESS, operands);
      case LESS_OR_EQUAL -> flag(Relation.LESS_OR_EQUAL, operands);
      case EQUAL -> flag(Relation.EQUAL, operands);
      case SELECT ->
          new Value.Select(
              Relation.EQUAL,
              value(operands.get(0)),
              number(0),
              value(operands.get(2)),
              value(operands.get(1)));
      case STOP_GRADIENT -> value(operands.getFirst());
      case ROUND -> {
        Value value = value(operands.getFirst());
        yield real == ElementType.F32 && value.kind() == Kind.DOUBLE
            ? new Value.Convert(new Value.Convert(value, Kind.FLOAT), Kind.DOUBLE)
            : value;
      }
    };
  }

  private Value flag(Relation relation, List<Scalar> operands) {
    return new Value.Select(
        relation, value(operands.get(0)), value(operands.get(1)), number(1), number(0));
  }

  private Value binary(BinaryOperation operation, List<Scalar> operands) {
    return new Value.Binary(operation, value(operands.get(0)), value(operands.get(1)));
  }

  private Value unary(UnaryOperation operation, List<Scalar> operands) {
    return new Value.Unary(operation, value(operands.getFirst()));
  }

  private Value number(double number) {
    return spread(new Value.Literal(number, one()));
  }

  private Value spread(Value scalar) {
    return vector ? new Value.Broadcast(scalar) : scalar;
  }

  private Kind one() {
    return Kind.scalar(precision);
  }

  private Kind kind() {
    return vector ? Kind.vector(precision) : one();
  }

  /** The movement of an element along an axis, from its coordinates and its buffer's layout. */
  static Movement movement(Scalar.Element element, Axis inner, Index stride) {
    if (stride.equals(Index.ZERO)) {
      return Movement.STILL;
    }
    for (Coordinate coordinate : element.coordinates()) {
      if (coordinate.axis().equals(inner)) {
        return switch (coordinate) {
          case Coordinate.Along a ->
              stride.equals(Index.ONE) ? Movement.BY_ONE : Movement.OTHERWISE;
          case Coordinate.Partner p ->
              stride.equals(Index.ONE) ? Movement.PARTNER : Movement.OTHERWISE;
          case Coordinate.Half h -> Movement.OTHERWISE;
        };
      }
    }
    return Movement.OTHERWISE;
  }
}
