package dev.retain.compiler.forms;

import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import java.util.HashMap;
import java.util.Map;

/** Copies values of one graph into another, with some of them replaced. */
public final class GraphCopy {
  /** Where the graph's leaves and its replaced nodes come from. */
  public interface Leaves {
    /** The node that stands for this one, or -1 to copy it. */
    int replace(Node node);
  }

  private final Graph from;
  private final GraphBuilder to;
  private final Leaves leaves;
  private final Map<Integer, Integer> copied = new HashMap<>();

  public GraphCopy(Graph from, GraphBuilder to, Leaves leaves) {
    this.from = from;
    this.to = to;
    this.leaves = leaves;
  }

  /** The copy of a node, with all that it is made of. */
  public int copy(int id) {
    Integer done = copied.get(id);
    if (done != null) {
      return done;
    }
    Node node = from.node(id);
    int replaced = leaves.replace(node);
    int result = replaced >= 0 ? replaced : rebuild(node);
    copied.put(id, result);
    return result;
  }

  private int rebuild(Node node) {
    var span = node.span();
    return switch (node.operation()) {
      case Operation.Pointwise(var function, var operands) ->
          to.pointwise(function, span, operands.stream().mapToInt(this::copy).toArray());
      case Operation.Contract(int left, int right, var over) ->
          to.contract(copy(left), copy(right), over, span);
      case Operation.Reduce(var reduction, int operand, var over) ->
          to.reduce(reduction, copy(operand), over, span);
      case Operation.Gather(int table, var axis, int index) ->
          to.gather(copy(table), axis, copy(index), span);
      case Operation.Scatter(int value, var axis, int index) ->
          to.scatter(copy(value), axis, copy(index), span);
      case Operation.Turn(int operand, int angle, var axis, var pair) ->
          to.turn(copy(operand), copy(angle), axis, pair, span);
      case Operation.Rename(int operand, var source, var target) ->
          to.rename(copy(operand), source, target, span);
      case Operation.CumulativeSum(int operand, var direction) ->
          to.cumulativeSum(copy(operand), direction, span);
      case Operation.RangeProduct(int operand, var start, var end) ->
          to.rangeProduct(copy(operand), start, end, span);
      case Operation.Solve(int matrix, int right, var rows, var columns, var direction) ->
          to.solve(copy(matrix), copy(right), rows, columns, direction, span);
      case Operation.Dropout(int operand, double rate, int site) ->
          to.dropout(copy(operand), rate, site, span);
      case Operation.Recur(var call, var arguments) ->
          throw new IllegalStateException(call.name() + " has not been replaced");
      case Operation.Literal l -> leaf(node);
      case Operation.Parameter p -> leaf(node);
      case Operation.Constant c -> leaf(node);
      case Operation.Input i -> leaf(node);
      case Operation.State s -> leaf(node);
      case Operation.Index i -> leaf(node);
    };
  }

  private int leaf(Node node) {
    return to.add(node.operation(), node.axes(), node.precision(), node.span());
  }
}
