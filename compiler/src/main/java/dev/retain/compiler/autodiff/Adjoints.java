package dev.retain.compiler.autodiff;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Extent;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.List;

/**
 * What flows back to each value of a program, and the arithmetic that it is made with.
 *
 * <p>An adjoint may lack axes of its value, along which it is then the same. What flows back
 * through a choice is 0 where the other side was chosen, and the side that was not may be infinite
 * or no number there: so factors are put inside the choice ({@link #times}), never multiplied with
 * its zeros.
 */
final class Adjoints {
  private final GraphBuilder graph;
  private final int[] adjoints;

  Adjoints(GraphBuilder graph, int values) {
    this.graph = graph;
    this.adjoints = new int[values];
    java.util.Arrays.fill(adjoints, -1);
  }

  GraphBuilder graph() {
    return graph;
  }

  boolean has(int value) {
    return adjoints[value] >= 0;
  }

  /** What flows back to the value; may lack axes of it. */
  int of(int value) {
    return adjoints[value];
  }

  /** The same with all axes of the value. */
  int full(int value, Span span) {
    return spread(of(value), graph.axes(value), span);
  }

  /** Adds to what flows back to a value, summed over the axes that it lacks. */
  void add(int value, int contribution, Span span) {
    List<Axis> extra = without(graph.axes(contribution), graph.axes(value));
    int summed = graph.reduce(Reduction.SUM, contribution, extra, span);
    adjoints[value] = adjoints[value] < 0 ? summed : plus(adjoints[value], summed, span);
  }

  /**
   * Adds the product of what flows back with a factor to a value that was repeated along some axes.
   *
   * @param repeated axes of the result that the value lacks
   */
  void addProduct(int value, int flowing, int factor, List<Axis> repeated, Span span) {
    add(value, summedProduct(flowing, factor, repeated, span), span);
  }

  /** The product summed over axes, of which either side or both may be the same along some. */
  int summedProduct(int flowing, int factor, List<Axis> over, Span span) {
    List<Axis> inFlowing = common(over, graph.axes(flowing));
    List<Axis> inFactor = common(over, graph.axes(factor));
    List<Axis> inBoth = common(inFlowing, inFactor);
    int left = graph.reduce(Reduction.SUM, flowing, without(inFlowing, inBoth), span);
    int right = graph.reduce(Reduction.SUM, factor, without(inFactor, inBoth), span);
    int product =
        isProductOfMatrices(left, right, inBoth)
            ? graph.contract(left, right, inBoth, span)
            : graph.reduce(Reduction.SUM, times(left, right, span), inBoth, span);
    List<Axis> nowhere = without(without(over, inFlowing), inFactor);
    int result = product;
    for (Axis axis : nowhere) {
      result = times(result, size(axis, span), span);
    }
    return result;
  }

  /** Each side has an axis of its own: anything else is faster as a sum on the way. */
  private boolean isProductOfMatrices(int left, int right, List<Axis> over) {
    return !over.isEmpty()
        && !without(graph.axes(left), graph.axes(right)).isEmpty()
        && !without(graph.axes(right), graph.axes(left)).isEmpty();
  }

  /** How many elements an axis has. */
  private int size(Axis axis, Span span) {
    return switch (axis.extent()) {
      case Extent.Fixed(int size) -> graph.literal(size, span);
      case Extent.Symbol _ -> {
        int last = graph.reduce(Reduction.MAXIMUM, graph.index(axis, span), List.of(axis), span);
        yield graph.add(last, graph.literal(1, span), span);
      }
    };
  }

  /** The value repeated along the axes that it lacks. */
  int spread(int value, List<Axis> axes, Span span) {
    int result = value;
    for (Axis axis : without(axes, graph.axes(value))) {
      int zero = graph.multiply(graph.literal(0, span), graph.index(axis, span), span);
      result = graph.add(result, zero, span);
    }
    return result;
  }

  int plus(int left, int right, Span span) {
    if (graph.node(left).operation() instanceof Operation.Pointwise(Function f, List<Integer> a)
        && graph.node(right).operation() instanceof Operation.Pointwise(Function g, List<Integer> b)
        && f == Function.SELECT
        && g == Function.SELECT
        && a.get(0).equals(b.get(0))) {
      return select(
          a.get(0), graph.add(a.get(1), b.get(1), span), graph.add(a.get(2), b.get(2), span), span);
    }
    return graph.add(left, right, span);
  }

  int times(int flowing, int factor, Span span) {
    return throughChoice(Function.MULTIPLY, flowing, factor, span);
  }

  int over(int flowing, int divisor, Span span) {
    return throughChoice(Function.DIVIDE, flowing, divisor, span);
  }

  int negated(int flowing, Span span) {
    return graph.node(flowing).operation() instanceof Operation.Pointwise(var f, var choice)
            && f == Function.SELECT
        ? select(choice.get(0), negated(choice.get(1), span), negated(choice.get(2), span), span)
        : graph.node(flowing).operation() instanceof Operation.Literal(double value)
            ? graph.literal(value == 0 ? 0 : -value, span)
            : graph.pointwise(Function.NEGATE, span, flowing);
  }

  int select(int condition, int chosen, int otherwise, Span span) {
    return graph.pointwise(Function.SELECT, span, condition, chosen, otherwise);
  }

  private int throughChoice(Function function, int flowing, int factor, Span span) {
    if (isZero(flowing)) {
      return flowing;
    }
    if (graph.node(flowing).operation() instanceof Operation.Pointwise(var f, var choice)
        && f == Function.SELECT
        && (isZero(choice.get(1)) || isZero(choice.get(2)))) {
      return select(
          choice.get(0),
          throughChoice(function, choice.get(1), factor, span),
          throughChoice(function, choice.get(2), factor, span),
          span);
    }
    return graph.pointwise(function, span, flowing, factor);
  }

  private boolean isZero(int id) {
    return graph.node(id).operation() instanceof Operation.Literal(double value) && value == 0;
  }

  static List<Axis> without(List<Axis> axes, List<Axis> removed) {
    List<Axis> rest = new ArrayList<>(axes);
    rest.removeAll(removed);
    return rest;
  }

  static List<Axis> common(List<Axis> axes, List<Axis> others) {
    List<Axis> both = new ArrayList<>(axes);
    both.retainAll(others);
    return both;
  }
}
