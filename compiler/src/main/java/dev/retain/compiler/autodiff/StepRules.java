package dev.retain.compiler.autodiff;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.RangeEnd;
import dev.retain.compiler.tensor.RangeStart;
import dev.retain.compiler.tensor.Reduction;
import java.util.List;

/** What flows back through the operations that go along the steps of a block. */
final class StepRules {
  private static final List<Axis> TIME = List.of(Axis.TIME);
  private static final List<Axis> SOURCE = List.of(Axis.SOURCE);

  private final Activity activity;
  private final Adjoints adjoints;
  private final GraphBuilder graph;

  StepRules(Activity activity, Adjoints adjoints) {
    this.activity = activity;
    this.adjoints = adjoints;
    this.graph = adjoints.graph();
  }

  void cumulativeSum(Node node, int operand, Direction direction) {
    Direction back =
        switch (direction) {
          case FORWARD -> Direction.BACKWARD;
          case BACKWARD -> Direction.FORWARD;
        };
    Span span = node.span();
    int flowing = adjoints.spread(adjoints.of(node.id()), TIME, span);
    adjoints.add(operand, graph.cumulativeSum(flowing, back, span), span);
  }

  /**
   * The derivative of a product by one of its factors is the product of the others. With P the
   * products times what flows back to them, a factor gets the sum of P over all ranges that it is
   * in, divided by itself; a factor that is 0 gets the same sum of the products without it, over
   * the ranges with no other zero.
   */
  void rangeProduct(Node node, int operand, RangeStart from, RangeEnd to) {
    Span span = node.span();
    int flowing = adjoints.full(node.id(), span);
    int zero = graph.literal(0, span);
    int one = graph.literal(1, span);
    int isZero = graph.pointwise(Function.EQUAL, span, operand, zero);
    int nonZero = adjoints.select(isZero, one, operand, span);
    int products = adjoints.times(flowing, node.id(), span);
    int slope = adjoints.over(inRange(products, from, to, span), nonZero, span);
    if (!NeverZero.of(graph, operand)) {
      int others = graph.rangeProduct(nonZero, from, to, span);
      int single = graph.pointwise(Function.EQUAL, span, zeros(isZero, from, to, span), one);
      int without = adjoints.select(single, adjoints.times(flowing, others, span), zero, span);
      slope = adjoints.select(isZero, inRange(without, from, to, span), slope, span);
    }
    adjoints.add(operand, slope, span);
  }

  /** For each step the sum of what belongs to the ranges that the step is in. */
  private int inRange(int value, RangeStart from, RangeEnd to, Span span) {
    return switch (from) {
      case FIRST ->
          switch (to) {
            case TIME -> onwards(value, span);
            case BEFORE_TIME -> minus(onwards(value, span), value, span);
            case LAST -> value;
          };
      case AFTER_SOURCE ->
          switch (to) {
            case TIME ->
                minus(onwards(ends(value, span), span), onwards(starts(value, span), span), span);
            case BEFORE_TIME -> {
              int ends = ends(value, span);
              int ended = minus(onwards(ends, span), ends, span);
              yield minus(ended, onwards(starts(value, span), span), span);
            }
            case LAST -> {
              int atStart = graph.rename(value, Axis.SOURCE, Axis.TIME, span);
              yield minus(graph.cumulativeSum(atStart, Direction.FORWARD, span), atStart, span);
            }
          };
    };
  }

  /** Over the ranges that end at each step. */
  private int ends(int value, Span span) {
    return graph.reduce(Reduction.SUM, value, SOURCE, span);
  }

  /** Over the ranges that start after each step. */
  private int starts(int value, Span span) {
    int summed = graph.reduce(Reduction.SUM, value, TIME, span);
    return graph.rename(summed, Axis.SOURCE, Axis.TIME, span);
  }

  /** How many zeros are in each range. */
  private int zeros(int isZero, RangeStart from, RangeEnd to, Span span) {
    int sum = graph.cumulativeSum(isZero, Direction.FORWARD, span);
    int atEnd =
        switch (to) {
          case TIME -> sum;
          case BEFORE_TIME -> minus(sum, isZero, span);
          case LAST -> graph.reduce(Reduction.SUM, isZero, TIME, span);
        };
    return switch (from) {
      case FIRST -> atEnd;
      case AFTER_SOURCE -> minus(atEnd, graph.rename(sum, Axis.TIME, Axis.SOURCE, span), span);
    };
  }

  private int onwards(int value, Span span) {
    return graph.cumulativeSum(value, Direction.BACKWARD, span);
  }

  private int minus(int left, int right, Span span) {
    return graph.pointwise(Function.SUBTRACT, span, left, right);
  }

  /**
   * With X = R + L X, what flows back to R is Z = dX + L' Z, the transposed system; and to L what
   * flows back to each row times the row that it was multiplied with, below the diagonal.
   */
  void solve(
      Node node, int matrix, int right, List<Axis> rows, List<Axis> columns, Direction direction) {
    if (direction != Direction.FORWARD) {
      throw new IllegalStateException("derivatives are not differentiated");
    }
    Span span = node.span();
    int flowing = adjoints.full(node.id(), span);
    int back = graph.solve(matrix, flowing, rows, columns, Direction.BACKWARD, span);
    if (activity.isActive(right)) {
      adjoints.add(right, back, span);
    }
    if (activity.isActive(matrix)) {
      int solution = node.id();
      for (int i = 0; i < rows.size(); i++) {
        solution = graph.rename(solution, rows.get(i), columns.get(i), span);
      }
      List<Axis> own = Adjoints.without(node.axes(), graph.axes(matrix));
      int outer = adjoints.summedProduct(back, solution, own, span);
      int earlier = graph.pointwise(Function.LESS, span, order(columns, span), order(rows, span));
      adjoints.add(matrix, adjoints.select(earlier, outer, graph.literal(0, span), span), span);
    }
  }

  /** The place of a value among all of the block: by steps, then within the step. */
  private int order(List<Axis> axes, Span span) {
    int place = graph.index(axes.getFirst(), span);
    for (Axis axis : axes.subList(1, axes.size())) {
      int scaled = graph.multiply(graph.literal(axis.size(), span), place, span);
      place = graph.add(scaled, graph.index(axis, span), span);
    }
    return place;
  }
}
