package dev.retain.compiler.tensor;

import dev.retain.compiler.diagnostics.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a graph node by node. Infers each node's axes and precision, computes what is known, and
 * gives equal operations one node, so that equal layers share their masks and angles.
 */
public final class GraphBuilder {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Operation, Integer> known = new HashMap<>();

  /** A builder that goes on from a graph, whose nodes keep their numbers. */
  public static GraphBuilder extending(Graph graph) {
    GraphBuilder builder = new GraphBuilder();
    for (Node node : graph.nodes()) {
      builder.nodes.add(node);
      if (!(node.operation() instanceof Operation.Recur)) {
        builder.known.putIfAbsent(node.operation(), node.id());
      }
    }
    return builder;
  }

  public Graph build() {
    return new Graph(nodes);
  }

  public Node node(int id) {
    return nodes.get(id);
  }

  public List<Axis> axes(int id) {
    return nodes.get(id).axes();
  }

  public int literal(double value, Span span) {
    return add(new Operation.Literal(value), List.of(), Precision.WIDE, span);
  }

  public int parameter(String path, List<Axis> axes, Span span) {
    return add(new Operation.Parameter(path), axes, Precision.REAL, span);
  }

  public int constant(String path, List<Axis> axes, Span span) {
    return add(new Operation.Constant(path), axes, Precision.WIDE, span);
  }

  public int input(String name, List<Axis> axes, Precision precision, Span span) {
    return add(new Operation.Input(name), axes, precision, span);
  }

  public int state(String path, List<Axis> axes, Span span) {
    return add(new Operation.State(path), axes, Precision.REAL, span);
  }

  public int index(Axis axis, Span span) {
    return add(new Operation.Index(axis), List.of(axis), Precision.WIDE, span);
  }

  public int pointwise(Function function, Span span, int... operands) {
    List<Axis> axes = new ArrayList<>();
    boolean wide = true;
    boolean known = true;
    double[] values = new double[operands.length];
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < operands.length; i++) {
      Node operand = node(operands[i]);
      ids.add(operands[i]);
      wide &= operand.precision() != Precision.REAL;
      for (Axis axis : operand.axes()) {
        if (!axes.contains(axis)) {
          axes.add(axis);
        }
      }
      if (operand.operation() instanceof Operation.Literal(double value)) {
        values[i] = value;
      } else {
        known = false;
      }
    }
    if (known && function != Function.ROUND) {
      return literal(function.apply(values), span);
    }
    if (function == Function.POWER && isLiteral(operands[0], 1)) {
      return operands[0];
    }
    int same = identity(function, ids);
    if (same >= 0
        && axes.equals(axes(same))
        && (wide || node(same).precision() == Precision.REAL)) {
      return same;
    }
    return add(
        new Operation.Pointwise(function, ids), axes, wide ? Precision.WIDE : Precision.REAL, span);
  }

  /** The operand that x + 0, x * 1, x / 1 and the like are equal to, or -1. */
  private int identity(Function function, List<Integer> operands) {
    return switch (function) {
      case ADD ->
          isLiteral(operands.get(0), 0)
              ? operands.get(1)
              : isLiteral(operands.get(1), 0) ? operands.get(0) : -1;
      case SUBTRACT -> isLiteral(operands.get(1), 0) ? operands.get(0) : -1;
      case MULTIPLY ->
          isLiteral(operands.get(0), 1)
              ? operands.get(1)
              : isLiteral(operands.get(1), 1) ? operands.get(0) : -1;
      case DIVIDE, POWER -> isLiteral(operands.get(1), 1) ? operands.get(0) : -1;
      case NEGATE ->
          node(operands.getFirst()).operation()
                      instanceof Operation.Pointwise(Function inner, List<Integer> negated)
                  && inner == Function.NEGATE
              ? negated.getFirst()
              : -1;
      default -> -1;
    };
  }

  private boolean isLiteral(int id, double value) {
    return node(id).operation() instanceof Operation.Literal(double v) && v == value;
  }

  public int add(int left, int right, Span span) {
    return pointwise(Function.ADD, span, left, right);
  }

  public int multiply(int left, int right, Span span) {
    return pointwise(Function.MULTIPLY, span, left, right);
  }

  /** Left's axes without the summed ones, then those that only right has. */
  public int contract(int left, int right, List<Axis> over, Span span) {
    if (over.isEmpty()) {
      return multiply(left, right, span);
    }
    List<Axis> axes = new ArrayList<>(axes(left));
    for (Axis axis : axes(right)) {
      if (!axes.contains(axis)) {
        axes.add(axis);
      }
    }
    axes.removeAll(over);
    boolean wide =
        node(left).precision() == Precision.WIDE && node(right).precision() == Precision.WIDE;
    return add(
        new Operation.Contract(left, right, over),
        axes,
        wide ? Precision.WIDE : Precision.REAL,
        span);
  }

  public int reduce(Reduction reduction, int operand, List<Axis> over, Span span) {
    if (over.isEmpty()) {
      return operand;
    }
    List<Axis> axes = new ArrayList<>(axes(operand));
    axes.removeAll(over);
    return add(
        new Operation.Reduce(reduction, operand, over), axes, node(operand).precision(), span);
  }

  public int gather(int table, Axis axis, int index, Span span) {
    List<Axis> axes = new ArrayList<>(axes(index));
    for (Axis a : axes(table)) {
      if (!a.equals(axis)) {
        axes.add(a);
      }
    }
    return add(new Operation.Gather(table, axis, index), axes, node(table).precision(), span);
  }

  public int turn(int operand, int angle, Axis axis, Axis pair, Span span) {
    List<Axis> axes = new ArrayList<>(axes(operand));
    for (Axis a : axes(angle)) {
      if (!a.equals(pair) && !axes.contains(a)) {
        axes.add(axes.indexOf(axis), a);
      }
    }
    return add(
        new Operation.Turn(operand, angle, axis, pair), axes, node(operand).precision(), span);
  }

  public int rename(int operand, Axis from, Axis to, Span span) {
    List<Axis> axes = new ArrayList<>(axes(operand));
    if (from.equals(to) || !axes.contains(from)) {
      return operand;
    }
    axes.set(axes.indexOf(from), to);
    return add(new Operation.Rename(operand, from, to), axes, node(operand).precision(), span);
  }

  /** Always wide: a sum of many small numbers. */
  public int cumulativeSum(int operand, Direction direction, Span span) {
    return add(
        new Operation.CumulativeSum(operand, direction), axes(operand), Precision.WIDE, span);
  }

  public int rangeProduct(int operand, RangeStart from, RangeEnd to, Span span) {
    if (isLiteral(operand, 1)) {
      return operand;
    }
    List<Axis> axes = new ArrayList<>(axes(operand));
    if (to == RangeEnd.LAST) {
      axes.remove(Axis.TIME);
    }
    if (from == RangeStart.AFTER_SOURCE) {
      axes.add(Axis.SOURCE);
    }
    return add(
        new Operation.RangeProduct(operand, from, to), axes, node(operand).precision(), span);
  }

  public int solve(
      int matrix, int right, List<Axis> rows, List<Axis> columns, Direction direction, Span span) {
    List<Axis> axes = new ArrayList<>(axes(right));
    for (Axis axis : axes(matrix)) {
      if (!axes.contains(axis) && !columns.contains(axis)) {
        axes.add(axis);
      }
    }
    return add(
        new Operation.Solve(matrix, right, rows, columns, direction), axes, Precision.REAL, span);
  }

  /** The axis in front, then the value's axes that the index lacks. */
  public int scatter(int value, Axis axis, int index, Span span) {
    List<Axis> axes = new ArrayList<>(List.of(axis));
    for (Axis a : axes(value)) {
      if (!axes(index).contains(a)) {
        axes.add(a);
      }
    }
    return add(new Operation.Scatter(value, axis, index), axes, node(value).precision(), span);
  }

  public int dropout(int operand, double rate, int site, Span span) {
    Node node = node(operand);
    return add(new Operation.Dropout(operand, rate, site), node.axes(), node.precision(), span);
  }

  /** A node whose axes and precision the caller knows. */
  public int add(Operation operation, List<Axis> axes, Precision precision, Span span) {
    List<Axis> ordered = inOrder(axes);
    Integer same = operation instanceof Operation.Recur ? null : known.get(operation);
    if (same != null) {
      return same;
    }
    int id = nodes.size();
    nodes.add(new Node(id, operation, ordered, precision, span));
    if (!(operation instanceof Operation.Recur)) {
      known.put(operation, id);
    }
    return id;
  }

  /**
   * Sequences first, then steps, then the model's own axes as they came; but the two axes of a
   * matrix of steps by steps come last. Memory is laid out in this order.
   */
  private static List<Axis> inOrder(List<Axis> axes) {
    boolean matrix = axes.contains(Axis.TIME) && axes.contains(Axis.SOURCE);
    List<Axis> ordered = new ArrayList<>(axes);
    ordered.sort(Comparator.comparingInt(axis -> rank(axis, matrix)));
    return ordered;
  }

  private static int rank(Axis axis, boolean matrix) {
    if (axis.equals(Axis.BATCH)) {
      return 0;
    }
    if (axis.equals(Axis.TIME)) {
      return matrix ? 3 : 1;
    }
    return axis.equals(Axis.SOURCE) ? matrix ? 4 : 1 : 2;
  }
}
