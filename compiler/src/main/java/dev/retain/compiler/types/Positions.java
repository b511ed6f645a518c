package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.syntax.BinaryOperator;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Extent;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.compiler.types.Value.ByPosition;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Position;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The positions of a form that is written by hand. Each position that has a name stands for an axis
 * along the steps of the block; a value that is defined for positions is renamed to those at which
 * it is read.
 */
final class Positions {
  private static final List<String> LETTERS = List.of("n", "m", "l", "i", "j");

  private final GraphBuilder graph;
  private final Diagnostics diagnostics;

  Positions(GraphBuilder graph, Diagnostics diagnostics) {
    this.graph = graph;
    this.diagnostics = diagnostics;
  }

  /** Those of the names that stand for nothing yet, and so for positions to sum over. */
  static List<Name> bindable(List<Name> over, Environment environment) {
    return over.stream()
        .filter(name ->
            !environment.values().containsKey(name.text())
                && !environment.unsolved().contains(name.text()))
        .toList();
  }

  /** Gives each name an axis that no other position has; what is summed runs along SOURCE. */
  static List<Axis> bind(List<Name> names, Environment environment) {
    List<Axis> axes = new ArrayList<>();
    for (Name name : names) {
      Axis axis =
          IntStream.concat(IntStream.of(1, 0), IntStream.iterate(2, i -> i + 1))
              .mapToObj(Axis::position)
              .filter(free -> !environment.values().containsValue(new Position(free)))
              .findFirst()
              .orElseThrow();
      environment.values().put(name.text(), new Position(axis));
      axes.add(axis);
    }
    return axes;
  }

  /** Gives the names on the left of a definition their axes, in order. */
  static List<Axis> define(List<Name> names, Environment environment) {
    List<Axis> axes = IntStream.range(0, names.size()).mapToObj(Axis::position).toList();
    for (int i = 0; i < names.size(); i++) {
      environment.values().put(names.get(i).text(), new Position(axes.get(i)));
    }
    return axes;
  }

  static void unbind(List<Name> names, Environment environment) {
    names.forEach(name -> environment.values().remove(name.text()));
  }

  static String missing(ByPosition value) {
    return "`"
        + value.name()
        + "` has a value for each "
        + (value.along().size() == 1
            ? "position"
            : value.along().size() == 2
                ? "pair of positions"
                : value.along().size() + " positions");
  }

  static String example(ByPosition value) {
    return IntStream.range(0, value.along().size())
        .mapToObj(i -> LETTERS.get(i % LETTERS.size()))
        .collect(Collectors.joining(", ", value.name() + "[", "]"));
  }

  /** The value at a position, when it has been said for all of its positions. */
  Value index(Value table, Value at, Expression.IndexExpression index) {
    if (table instanceof Wrong || at instanceof Wrong) {
      return new Wrong();
    }
    if (!(table instanceof ByPosition value)) {
      diagnostics
          .error(
              Code.NOT_AN_INDEX,
              index.index().span(),
              "this has no further position to say: it is the same at every one")
          .help("remove the `[" + index.index().span().text() + "]`");
      return new Wrong();
    }
    if (!(at instanceof Position(Axis axis))) {
      diagnostics
          .error(
              Code.NOT_AN_INDEX,
              index.index().span(),
              "`" + value.name() + "` is read at a position that has a name")
          .help(
              "for another place, choose within a sum: `sum(if m == n - 1 then "
                  + value.name()
                  + "[m] else 0 over m)`");
      return new Wrong();
    }
    if (value.at().contains(axis)) {
      diagnostics
          .error(
              Code.AXIS_TWICE,
              index.index().span(),
              "`" + value.name() + "` is read at the same position twice")
          .help(
              "choose within a sum: `sum(if m == n then "
                  + value.name()
                  + "[n, m] else 0 over m)`");
      return new Wrong();
    }
    List<Axis> places = new ArrayList<>(value.at());
    places.add(axis);
    return places.size() == value.along().size()
        ? new Tensor(
            renamed(value.tensor().node(), value.along(), places, index.span()),
            value.tensor().indexOf())
        : new ByPosition(value.name(), value.tensor(), value.along(), places);
  }

  /** All axes renamed at once: one may take the name that another gives up. */
  private int renamed(int value, List<Axis> from, List<Axis> to, Span span) {
    int result = value;
    List<Axis> between = new ArrayList<>(to);
    for (int i = 0; i < from.size(); i++) {
      if (!from.get(i).equals(to.get(i)) && graph.axes(value).contains(to.get(i))) {
        between.set(i, new Axis("moved" + i, Extent.Symbol.TIME));
      }
      result = graph.rename(result, from.get(i), between.get(i), span);
    }
    for (int i = 0; i < from.size(); i++) {
      result = graph.rename(result, between.get(i), to.get(i), span);
    }
    return result;
  }

  /** A sum, mean or maximum over a position. */
  int over(String function, int node, Axis position, Environment environment, Span span) {
    return switch (function) {
      case "sum" -> sum(node, position, environment, span);
      case "mean" ->
          graph.pointwise(
              Function.DIVIDE,
              span,
              sum(node, position, environment, span),
              HandWrittenForm.length(graph, span));
      default ->
          graph.axes(node).contains(position)
              ? graph.reduce(Reduction.MAXIMUM, node, List.of(position), span)
              : node;
    };
  }

  /**
   * What is the same at every position leaves the sum; what is left is a product of two sides that
   * share no axis of their own, where it can be, so that the sum is a product of matrices.
   */
  private int sum(int node, Axis position, Environment environment, Span span) {
    List<Integer> factors = new ArrayList<>();
    factors(node, factors);
    List<Integer> inside = new ArrayList<>();
    int outside = graph.literal(1, span);
    for (int factor : factors) {
      if (graph.axes(factor).contains(position)) {
        inside.add(factor);
      } else {
        outside = graph.multiply(outside, factor, span);
      }
    }
    if (inside.isEmpty()) {
      return graph.multiply(HandWrittenForm.length(graph, span), node, span);
    }
    List<Integer> left = side(inside, position, environment);
    List<Integer> right = new ArrayList<>(inside);
    right.removeAll(new HashSet<>(left));
    if (right.isEmpty() && left.size() > 1) {
      right.add(left.removeLast());
    }
    int sum =
        right.isEmpty()
            ? graph.reduce(Reduction.SUM, product(left, span), List.of(position), span)
            : graph.contract(product(left, span), product(right, span), List.of(position), span);
    return graph.multiply(outside, sum, span);
  }

  private void factors(int node, List<Integer> factors) {
    if (graph.node(node).operation()
            instanceof Operation.Pointwise(Function function, List<Integer> operands)
        && function == Function.MULTIPLY) {
      operands.forEach(operand -> factors(operand, factors));
    } else {
      factors.add(node);
    }
  }

  private int product(List<Integer> factors, Span span) {
    return factors.stream().reduce((a, b) -> graph.multiply(a, b, span)).orElseThrow();
  }

  /** The first factor, and those that have no axes but its own and shared ones. */
  private List<Integer> side(List<Integer> factors, Axis position, Environment environment) {
    List<Integer> side = new ArrayList<>();
    List<Axis> axes = new ArrayList<>();
    for (int factor : factors) {
      List<Axis> own =
          graph.axes(factor).stream()
              .filter(axis -> !axis.equals(position) && !axis.equals(Axis.BATCH))
              .filter(axis -> !axis.isFixed() || !environment.mapped().contains(axis))
              .toList();
      if (axes.isEmpty() || own.isEmpty() || own.stream().anyMatch(axes::contains)) {
        axes.addAll(own);
        side.add(factor);
      }
    }
    return side;
  }

  /** Whether the value is made of positions, and no number that stands in the file. */
  boolean isPositional(Value value) {
    return switch (value) {
      case Position p -> true;
      case Tensor tensor -> isKnown(tensor.node()) && !isLiteral(tensor.node());
      case Known k -> false;
      case Value.Flag f -> false;
      case Value.FunctionName f -> false;
      case ByPosition b -> false;
      case Value.Mask m -> false;
      case Wrong w -> false;
    };
  }

  private boolean isLiteral(int node) {
    return graph.node(node).operation() instanceof Operation.Literal;
  }

  /** Whether the value follows from the place and the length of the block alone. */
  boolean isKnown(int id) {
    Node node = graph.node(id);
    return switch (node.operation()) {
      case Operation.Literal l -> true;
      case Operation.Index(Axis axis) -> !axis.isFixed();
      case Operation.Input(String name) -> HandWrittenForm.OF_A_BLOCK.contains(name);
      case Operation.Pointwise(var function, var operands) ->
          operands.stream().allMatch(this::isKnown);
      case Operation.Reduce(var reduction, int operand, var over) -> isKnown(operand);
      case Operation.Rename(int operand, var from, var to) -> isKnown(operand);
      default -> false;
    };
  }

  int compare(BinaryOperator operator, int left, int right, Span span) {
    return switch (operator) {
      case LESS -> graph.pointwise(Function.LESS, span, left, right);
      case LESS_OR_EQUAL -> graph.pointwise(Function.LESS_OR_EQUAL, span, left, right);
      case GREATER -> graph.pointwise(Function.LESS, span, right, left);
      case GREATER_OR_EQUAL -> graph.pointwise(Function.LESS_OR_EQUAL, span, right, left);
      case EQUAL -> graph.pointwise(Function.EQUAL, span, left, right);
      case NOT_EQUAL -> not(graph.pointwise(Function.EQUAL, span, left, right), span);
      case OR, AND, ADD, SUBTRACT, MULTIPLY, DIVIDE, CONTRACT, POWER ->
          throw new AssertionError(operator);
    };
  }

  int not(int mask, Span span) {
    return graph.pointwise(Function.SUBTRACT, span, graph.literal(1, span), mask);
  }
}
