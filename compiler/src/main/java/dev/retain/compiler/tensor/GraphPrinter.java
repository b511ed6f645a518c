package dev.retain.compiler.tensor;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A graph as text: a line for each value, with its axes and where it comes from. */
public final class GraphPrinter {
  private GraphPrinter() {}

  public static String print(TensorProgram program) {
    StringBuilder text = new StringBuilder("program " + program.name() + "\n");
    text.append(print(program.graph()));
    program.result().ifPresent(id -> text.append("output %").append(id).append('\n'));
    program
        .nextStates()
        .forEach((path, id) -> text.append(path).append("' = %").append(id).append('\n'));
    program
        .gradients()
        .forEach((name, id) ->
            text.append("gradient of ").append(name).append(" = %").append(id).append('\n'));
    return text.toString();
  }

  public static String print(Graph graph) {
    StringBuilder text = new StringBuilder();
    for (Node node : graph.nodes()) {
      text.append("%%%d: %s = %s\n".formatted(node.id(), type(node), operation(node.operation())));
    }
    return text.toString();
  }

  private static String type(Node node) {
    String axes = node.axes().stream().map(Axis::toString).collect(Collectors.joining(", "));
    return "["
        + axes
        + "]"
        + switch (node.precision()) {
          case REAL -> "";
          case WIDE -> " wide";
          case WHOLE -> " whole";
        };
  }

  private static String operation(Operation operation) {
    return switch (operation) {
      case Operation.Literal(double value) -> ExactNumber.text(value);
      case Operation.Parameter(String path) -> "param " + path;
      case Operation.Constant(String path) -> "const " + path;
      case Operation.Input(String name) -> "in " + name;
      case Operation.State(String path) -> "state " + path;
      case Operation.Index(Axis axis) -> "index of " + axis.name();
      case Operation.Pointwise(Function function, var operands) ->
          function.arity() == 2 && !Character.isLetter(function.symbol().charAt(0))
              ? "%" + operands.get(0) + " " + function.symbol() + " %" + operands.get(1)
              : function.symbol() + arguments(operands);
      case Operation.Contract(int left, int right, var over) ->
          "%" + left + " @ %" + right + " over " + names(over);
      case Operation.Reduce(Reduction reduction, int operand, var over) ->
          reduction.name().toLowerCase(Locale.ROOT) + " %" + operand + " over " + names(over);
      case Operation.Gather(int table, Axis axis, int index) ->
          "%" + table + "[" + axis.name() + " = %" + index + "]";
      case Operation.Scatter(int value, Axis axis, int index) ->
          "sums of %" + value + " at " + axis.name() + " = %" + index;
      case Operation.Turn(int operand, int angle, Axis axis, Axis pair) ->
          "turn %" + operand + " by %" + angle + " over " + axis.name();
      case Operation.Rename(int operand, Axis from, Axis to) ->
          "%" + operand + " with " + from.name() + " as " + to.name();
      case Operation.CumulativeSum(int operand, Direction direction) ->
          "cumulative sum of %" + operand + (direction == Direction.BACKWARD ? " backwards" : "");
      case Operation.RangeProduct(int operand, RangeStart from, RangeEnd to) ->
          "product of %"
              + operand
              + " from "
              + words(from.name())
              + " to "
              + words(to.name())
              + " step";
      case Operation.Solve(int matrix, int right, var rows, var columns, Direction direction) ->
          "solve"
              + (direction == Direction.BACKWARD ? " backward" : "")
              + " x = %"
              + right
              + " + %"
              + matrix
              + " x, "
              + names(rows)
              + " by "
              + names(columns);
      case Operation.Dropout(int operand, double rate, int site) ->
          "dropout " + site + " of %" + operand + ", rate " + ExactNumber.text(rate);
      case Operation.Recur(var call, var arguments) ->
          call.name() + arguments(arguments) + " at " + call.path();
    };
  }

  private static String words(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String arguments(List<Integer> ids) {
    return ids.stream().map(id -> "%" + id).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String names(List<Axis> axes) {
    return axes.stream().map(Axis::name).collect(Collectors.joining(", "));
  }
}
