package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the parts of a block's derivation build on: its graph, its clock, values of its steps. */
final class BlockGraph {
  private final RecurrenceCall call;
  private final Map<String, Integer> inputs;
  private final GraphBuilder graph;
  private final Clock clock;
  private final GraphCopy copy;

  BlockGraph(RecurrenceCall call, Map<String, Integer> inputs, GraphBuilder graph, boolean ragged) {
    this.call = call;
    this.inputs = inputs;
    this.graph = graph;
    this.clock = new Clock(graph, ragged, call.span());
    this.copy = copier(Map.of());
  }

  RecurrenceCall call() {
    return call;
  }

  GraphBuilder graph() {
    return graph;
  }

  Clock clock() {
    return clock;
  }

  /** Copies values of the body into the block, some of which are known. */
  GraphCopy copier(Map<Integer, Integer> known) {
    return new GraphCopy(
        call.body(),
        graph,
        node ->
            known.containsKey(node.id())
                ? known.get(node.id())
                : node.operation() instanceof Operation.Input(String name) ? inputs.get(name) : -1);
  }

  int copy(int node) {
    return copy.copy(node);
  }

  int literal(double value) {
    return graph.literal(value, call.span());
  }

  /** How far a state before the block is from its initial value. */
  int state(RecurrenceCall.State state) {
    List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
    axes.addAll(state.axes());
    int value = graph.state(state.path(), axes, state.span());
    return graph.pointwise(Function.SUBTRACT, state.span(), value, literal(state.initial()));
  }

  boolean has(int node, Axis axis) {
    return graph.axes(node).contains(axis);
  }

  boolean hasAny(int node, List<Axis> axes) {
    return graph.axes(node).stream().anyMatch(axes::contains);
  }

  /** The axes that are neither sequences nor steps nor mapped over. */
  List<Axis> ownAxes(int node) {
    return graph.axes(node).stream()
        .filter(axis -> axis.isFixed() && !call.mapped().contains(axis))
        .toList();
  }

  /** The factors of a product; what padding would make of them is 0. */
  List<Integer> factors(Product product, Span span) {
    List<Integer> values = new ArrayList<>();
    for (Product.Factor factor : product.factors()) {
      int value = copy.copy(factor.node());
      int one =
          factor.inverse() ? graph.pointwise(Function.DIVIDE, span, literal(1), value) : value;
      boolean isInput = graph.node(one).operation() instanceof Operation.Input;
      values.add(isInput ? one : clock.atValid(one, literal(0)));
    }
    return values;
  }

  int product(double scale, List<Integer> factors, Span span) {
    int result = graph.literal(scale, span);
    for (int factor : factors) {
      result = graph.multiply(result, factor, span);
    }
    return result;
  }

  int product(Product product, Span span) {
    return product(product.scale(), factors(product, span), span);
  }

  int turned(int value, Rotation rotation, int angle, Span span) {
    return graph.turn(value, angle, rotation.axis(), rotation.pair(), span);
  }

  int negated(int value, Span span) {
    return graph.pointwise(Function.NEGATE, span, value);
  }

  /** The sum of products over axes of which either side, or both, may be the same along some. */
  int contracted(int left, int right, List<Axis> over, Span span) {
    List<Axis> inLeft = over.stream().filter(graph.axes(left)::contains).toList();
    List<Axis> inRight = over.stream().filter(graph.axes(right)::contains).toList();
    List<Axis> inBoth = inLeft.stream().filter(inRight::contains).toList();
    List<Axis> leftOnly = inLeft.stream().filter(axis -> !inBoth.contains(axis)).toList();
    List<Axis> rightOnly = inRight.stream().filter(axis -> !inBoth.contains(axis)).toList();
    int product =
        graph.contract(
            graph.reduce(Reduction.SUM, left, leftOnly, span),
            graph.reduce(Reduction.SUM, right, rightOnly, span),
            inBoth,
            span);
    return counted(product, without(over, union(inLeft, inRight)), span);
  }

  /** The sum of a product over axes, some of which it may lack. */
  int summed(int product, List<Axis> over, Span span) {
    List<Axis> own = over.stream().filter(graph.axes(product)::contains).toList();
    return counted(graph.reduce(Reduction.SUM, product, own, span), without(over, own), span);
  }

  private int counted(int sum, List<Axis> axes, Span span) {
    long times = axes.stream().mapToLong(Axis::size).reduce(1, (a, b) -> a * b);
    return graph.multiply(graph.literal(times, span), sum, span);
  }

  /** A sum over the steps; a product that is the same at every step is counted for each. */
  int sumOverSource(int left, int right, Span span) {
    boolean leftVaries = has(left, Axis.SOURCE);
    boolean rightVaries = has(right, Axis.SOURCE);
    if (leftVaries && rightVaries) {
      // A product of matrices has an axis of each side's own; axes of both are many products.
      List<Axis> shared = new ArrayList<>(ownAxes(left));
      shared.retainAll(ownAxes(right));
      return shared.isEmpty() || ownAxes(right).size() > shared.size()
          ? graph.contract(left, right, List.of(Axis.SOURCE), span)
          : sumOverSource(graph.multiply(left, right, span), span);
    }
    return leftVaries
        ? graph.multiply(sumOverSource(left, span), right, span)
        : graph.multiply(left, sumOverSource(right, span), span);
  }

  int sumOverSource(int value, Span span) {
    return has(value, Axis.SOURCE)
        ? graph.reduce(Reduction.SUM, value, List.of(Axis.SOURCE), span)
        : graph.multiply(value, clock.end(), span);
  }

  static List<Axis> without(List<Axis> axes, List<Axis> removed) {
    return axes.stream().filter(axis -> !removed.contains(axis)).toList();
  }

  static List<Axis> union(List<Axis> left, List<Axis> right) {
    List<Axis> all = new ArrayList<>(left);
    all.addAll(without(right, left));
    return all;
  }
}
