package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.syntax.BinaryOperator;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.types.Value.Flag;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.List;
import java.util.Optional;

/** Computes operators between two values. */
final class OperatorEvaluator {
  private final Evaluator evaluator;
  private final GraphBuilder graph;
  private final Diagnostics diagnostics;
  private final Positions positions;
  private final ShapeFit shapes;

  OperatorEvaluator(
      Evaluator evaluator, GraphBuilder graph, Diagnostics diagnostics, Positions positions) {
    this.evaluator = evaluator;
    this.graph = graph;
    this.diagnostics = diagnostics;
    this.positions = positions;
    this.shapes = new ShapeFit(graph, diagnostics);
  }

  Value evaluate(Expression.Binary binary, Environment environment) {
    Value left = evaluator.evaluate(binary.left(), environment);
    Value right = evaluator.evaluate(binary.right(), environment);
    if (left instanceof Wrong || right instanceof Wrong) {
      return new Wrong();
    }
    return switch (binary.operator()) {
      case OR, AND -> {
        if (left instanceof Value.Mask || right instanceof Value.Mask) {
          yield connected(binary, left, right);
        }
        Optional<Boolean> a = evaluator.flag(left, binary.left().span());
        Optional<Boolean> b = evaluator.flag(right, binary.right().span());
        if (a.isEmpty() || b.isEmpty()) {
          yield new Wrong();
        }
        yield new Flag(
            binary.operator() == BinaryOperator.OR ? a.get() || b.get() : a.get() && b.get());
      }
      case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
          compare(binary, left, right);
      case ADD -> pointwise(Function.ADD, binary, left, right);
      case SUBTRACT -> pointwise(Function.SUBTRACT, binary, left, right);
      case MULTIPLY -> pointwise(Function.MULTIPLY, binary, left, right);
      case DIVIDE -> pointwise(Function.DIVIDE, binary, left, right);
      case POWER -> pointwise(Function.POWER, binary, left, right);
      case CONTRACT -> contract(binary, left, right, environment);
    };
  }

  private Value connected(Expression.Binary binary, Value left, Value right) {
    int a = mask(left, binary.left().span());
    int b = mask(right, binary.right().span());
    if (a < 0 || b < 0) {
      return new Wrong();
    }
    Function function = binary.operator() == BinaryOperator.AND ? Function.MULTIPLY : Function.MAX;
    return new Value.Mask(graph.pointwise(function, binary.span(), a, b));
  }

  private int mask(Value value, Span span) {
    return value instanceof Value.Mask mask
        ? mask.node()
        : evaluator.flag(value, span).map(f -> graph.literal(f ? 1 : 0, span)).orElse(-1);
  }

  private Value compare(Expression.Binary binary, Value left, Value right) {
    if (positions.isPositional(left) || positions.isPositional(right)) {
      return comparePositions(binary, left, right);
    }
    if (left instanceof Flag a && right instanceof Flag b) {
      if (binary.operator() == BinaryOperator.EQUAL) {
        return new Flag(a.value() == b.value());
      }
      if (binary.operator() == BinaryOperator.NOT_EQUAL) {
        return new Flag(a.value() != b.value());
      }
    }
    if (left instanceof Value.FunctionName a && right instanceof Value.FunctionName b) {
      boolean same = a.function().declaration() == b.function().declaration();
      if (binary.operator() == BinaryOperator.EQUAL) {
        return new Flag(same);
      }
      if (binary.operator() == BinaryOperator.NOT_EQUAL) {
        return new Flag(!same);
      }
    }
    if (!(left instanceof Known a && right instanceof Known b)) {
      diagnostics
          .error(
              Code.NOT_STATIC,
              binary.span(),
              "only numbers that are known before the model runs can be compared")
          .help("use hyperparameters and axis sizes; for tensors there are max and min");
      return new Wrong();
    }
    double x = a.number();
    double y = b.number();
    return new Flag(
        switch (binary.operator()) {
          case EQUAL -> x == y;
          case NOT_EQUAL -> x != y;
          case LESS -> x < y;
          case LESS_OR_EQUAL -> x <= y;
          case GREATER -> x > y;
          case GREATER_OR_EQUAL -> x >= y;
          case OR, AND, ADD, SUBTRACT, MULTIPLY, DIVIDE, CONTRACT, POWER ->
              throw new AssertionError(binary.operator());
        });
  }

  private Value comparePositions(Expression.Binary binary, Value left, Value right) {
    int a = evaluator.node(left, binary.left().span());
    int b = evaluator.node(right, binary.right().span());
    if (a < 0 || b < 0) {
      return new Wrong();
    }
    if (!positions.isKnown(a) || !positions.isKnown(b)) {
      diagnostics
          .error(
              Code.NOT_STATIC,
              binary.span(),
              "a position can be compared with positions and numbers only")
          .help("for values there are max and min");
      return new Wrong();
    }
    return new Value.Mask(positions.compare(binary.operator(), a, b, binary.span()));
  }

  private Value pointwise(Function function, Expression.Binary binary, Value left, Value right) {
    if (left instanceof Known a && right instanceof Known b) {
      return Known.of(function.apply(a.number(), b.number()));
    }
    int a = evaluator.node(left, binary.left().span());
    int b = evaluator.node(right, binary.right().span());
    if (a < 0 || b < 0) {
      return new Wrong();
    }
    // A product of different axes is an outer product; a sum of them is a slip.
    if (function != Function.MULTIPLY && !shapes.fit(a, b) && !shapes.fit(b, a)) {
      shapes.report(
          Code.SHAPES_DIFFER,
          binary.span(),
          "`"
              + binary.operator().symbol()
              + "` of "
              + Shapes.names(graph.axes(a))
              + " and "
              + Shapes.names(graph.axes(b))
              + ": each has an axis that the other lacks",
          a,
          binary.left().span(),
          b,
          binary.right().span());
      return new Wrong();
    }
    return Tensor.of(graph.pointwise(function, binary.span(), a, b));
  }

  private Value contract(
      Expression.Binary binary, Value left, Value right, Environment environment) {
    if (left instanceof Known || right instanceof Known) {
      diagnostics
          .error(Code.NOTHING_TO_CONTRACT, binary.span(), "`@` needs a tensor on both sides")
          .help("write `*` to multiply with a number");
      return new Wrong();
    }
    int a = evaluator.node(left, binary.left().span());
    int b = evaluator.node(right, binary.right().span());
    if (a < 0 || b < 0) {
      return new Wrong();
    }
    List<Axis> over =
        graph.axes(a).stream()
            .filter(axis -> graph.axes(b).contains(axis))
            .filter(axis -> !environment.mapped().contains(axis))
            .toList();
    if (over.isEmpty()) {
      shapes.report(
          Code.NOTHING_TO_CONTRACT,
          binary.span(),
          "`@` of "
              + Shapes.names(graph.axes(a))
              + " and "
              + Shapes.names(graph.axes(b))
              + ": no axis is named by both",
          a,
          binary.left().span(),
          b,
          binary.right().span());
      return new Wrong();
    }
    return Tensor.of(graph.contract(a, b, over, binary.span()));
  }
}
