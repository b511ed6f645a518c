package dev.retain.compiler.autodiff;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Reduction;
import java.util.List;

/** What flows back through sums over axes, products of tensors, look-ups and rotations. */
final class ProductRules {
  private final Activity activity;
  private final Adjoints adjoints;
  private final GraphBuilder graph;

  ProductRules(Activity activity, Adjoints adjoints) {
    this.activity = activity;
    this.adjoints = adjoints;
    this.graph = adjoints.graph();
  }

  void contract(Node node, int left, int right) {
    contract(node, left, right, node.span());
    contract(node, right, left, node.span());
  }

  /** Each side gets what flows back times the other side, summed over what only that has. */
  private void contract(Node node, int side, int other, Span span) {
    if (activity.isActive(side)) {
      List<Axis> over = Adjoints.without(graph.axes(other), graph.axes(side));
      adjoints.addProduct(side, adjoints.of(node.id()), other, over, span);
    }
  }

  void reduce(Node node, Reduction reduction, int operand, List<Axis> over) {
    Span span = node.span();
    int flowing = adjoints.of(node.id());
    switch (reduction) {
      case SUM -> adjoints.add(operand, flowing, span);
      case MAXIMUM -> {
        // Several that are largest share it.
        int largest = graph.pointwise(Function.EQUAL, span, operand, node.id());
        int count = graph.reduce(Reduction.SUM, largest, over, span);
        int share = adjoints.over(flowing, count, span);
        adjoints.add(operand, adjoints.select(largest, share, graph.literal(0, span), span), span);
      }
    }
  }

  void gather(Node node, int table, Axis axis, int index) {
    Span span = node.span();
    int flowing = adjoints.spread(adjoints.of(node.id()), graph.axes(index), span);
    adjoints.add(table, graph.scatter(flowing, axis, index, span), span);
  }

  void rename(Node node, int operand, Axis from, Axis to) {
    int flowing = adjoints.of(node.id());
    adjoints.add(operand, graph.rename(flowing, to, from, node.span()), node.span());
  }

  /**
   * What was turned is turned back. An angle's slope is the result turned a quarter further: of
   * each pair (y0, y1) it gets dy1 y0 - dy0 y1.
   */
  void turn(Node node, int operand, int angle, Axis axis, Axis pair) {
    Span span = node.span();
    int flowing = adjoints.spread(adjoints.of(node.id()), List.of(axis), span);
    if (activity.isActive(operand)) {
      int back = graph.pointwise(Function.NEGATE, span, angle);
      adjoints.add(operand, graph.turn(flowing, back, axis, pair, span), span);
    }
    if (activity.isActive(angle)) {
      int quarter = adjoints.spread(graph.literal(Math.PI / 2, span), List.of(pair), span);
      int further = graph.turn(node.id(), quarter, axis, pair, span);
      int slopes = graph.multiply(flowing, further, span);
      List<Axis> repeated = Adjoints.without(graph.axes(slopes), graph.axes(angle));
      repeated.remove(axis);
      int summed = graph.reduce(Reduction.SUM, slopes, repeated, span);
      adjoints.add(
          angle, graph.contract(summed, isOfPair(axis, pair, span), List.of(axis), span), span);
    }
  }

  /** 1 where an element along the axis belongs to the pair, else 0. */
  private int isOfPair(Axis axis, Axis pair, Span span) {
    int first = graph.multiply(graph.literal(2, span), graph.index(pair, span), span);
    int middle = graph.add(first, graph.literal(0.5, span), span);
    int distance =
        graph.pointwise(
            Function.ABS,
            span,
            graph.pointwise(Function.SUBTRACT, span, graph.index(axis, span), middle));
    return graph.pointwise(Function.LESS, span, distance, graph.literal(1, span));
  }
}
