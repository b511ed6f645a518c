package dev.retain.compiler.interpreter;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * One walk over a graph.
 *
 * @param sizes the sizes of axes
 * @param lifted an axis that leaves may have in front without the graph's knowing; whatever is
 *     computed from them then has it too
 */
record Evaluation(Leaves leaves, ToIntFunction<Axis> sizes, Optional<Axis> lifted) {

  /** What a graph reads from outside. */
  interface Leaves {
    /** A parameter or a constant. */
    Value weight(Node node, String path);

    Value input(Node node, String name);

    Value state(Node node, String path);
  }

  /** The values of the wanted nodes and of those they need, by id. */
  Map<Integer, Value> evaluate(Graph graph, Collection<Integer> wanted) {
    boolean[] needed = new boolean[graph.nodes().size()];
    wanted.forEach(id -> needed[id] = true);
    for (int id = needed.length - 1; id >= 0; id--) {
      if (needed[id]) {
        graph.node(id).operation().operands().forEach(operand -> needed[operand] = true);
      }
    }
    Map<Integer, Value> values = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (needed[node.id()]) {
        values.put(node.id(), arranged(node, evaluate(node, values)));
      }
    }
    return values;
  }

  private Value evaluate(Node node, Map<Integer, Value> values) {
    return switch (node.operation()) {
      case Operation.Literal(double number) -> Value.of(number);
      case Operation.Parameter(String path) -> leaves.weight(node, path);
      case Operation.Constant(String path) -> leaves.weight(node, path);
      case Operation.Input(String name) -> leaves.input(node, name);
      case Operation.State(String path) -> leaves.state(node, path);
      case Operation.Index(Axis axis) -> Operators.index(axis, sizes.applyAsInt(axis));
      case Operation.Pointwise(var function, var operands) ->
          Operators.pointwise(function, operands.stream().map(values::get).toList());
      case Operation.Contract(int left, int right, var over) ->
          Operators.contract(values.get(left), values.get(right), over);
      case Operation.Reduce(var reduction, int operand, var over) ->
          Operators.reduce(reduction, values.get(operand), over);
      case Operation.Gather(int table, Axis axis, int index) ->
          Operators.gather(values.get(table), axis, values.get(index));
      case Operation.Scatter(int value, Axis axis, int index) ->
          StepOperators.scatter(values.get(value), axis, sizes.applyAsInt(axis), values.get(index));
      case Operation.Turn(int operand, int angle, Axis axis, Axis pair) ->
          Operators.turn(values.get(operand), values.get(angle), axis, pair);
      case Operation.Rename(int operand, Axis from, Axis to) ->
          values.get(operand).renamed(from, to);
      case Operation.CumulativeSum(int operand, Direction direction) ->
          StepOperators.cumulativeSum(values.get(operand), direction);
      case Operation.RangeProduct(int operand, var from, var to) ->
          StepOperators.rangeProduct(values.get(operand), from, to);
      case Operation.Solve(int matrix, int right, var rows, var columns, var direction) ->
          StepOperators.solve(values.get(matrix), values.get(right), rows, columns, direction);
      case Operation.Dropout(int operand, double rate, int site) -> values.get(operand);
      case Operation.Recur(var call, var arguments) ->
          throw new IllegalStateException(
              "%%%d is the recurrence %s at %s, which has a value only in a form"
                  .formatted(node.id(), call.name(), call.path()));
    };
  }

  private Value arranged(Node node, Value value) {
    List<Axis> axes = new ArrayList<>(node.axes());
    lifted
        .filter(axis -> value.axes().contains(axis) && !axes.contains(axis))
        .ifPresent(axis -> axes.add(0, axis));
    try {
      return value.arranged(axes);
    } catch (IllegalStateException e) {
      throw new IllegalStateException("%" + node.id() + ": " + e.getMessage(), e);
    }
  }
}
