package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.FadingScores;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Reduction;
import java.util.List;

/** Finds matrices of steps by steps that are 0, or never read, at sources after the time. */
final class Triangles {
  private final Graph graph;
  private final Uses uses;
  private final Boolean[] zero;

  Triangles(Graph graph, Uses uses) {
    this.graph = graph;
    this.uses = uses;
    this.zero = new Boolean[graph.nodes().size()];
  }

  /**
   * What a product may leave out.
   *
   * @param node the product
   * @param target the axes of its target
   * @param left the node of its left side
   * @param leftAxes the axes of the left side in memory, under the product's names
   */
  Triangle of(Node node, List<Axis> target, int left, List<Axis> leftAxes, List<Axis> over) {
    if (target.contains(Axis.TIME) && target.contains(Axis.SOURCE)) {
      return target.getLast().equals(Axis.SOURCE) && isReadAsTriangle(node)
          ? Triangle.TARGET
          : Triangle.NONE;
    }
    if (!leftAxes.contains(Axis.TIME) || !leftAxes.contains(Axis.SOURCE) || !isZeroAfter(left)) {
      return Triangle.NONE;
    }
    if (over.equals(List.of(Axis.SOURCE)) && target.contains(Axis.TIME)) {
      return Triangle.SOURCES;
    }
    return over.equals(List.of(Axis.TIME)) && target.contains(Axis.SOURCE)
        ? Triangle.TIMES
        : Triangle.NONE;
  }

  /** Whether all that is made of the value is 0 at later sources, whatever it is there. */
  private boolean isReadAsTriangle(Node node) {
    List<Node> readers = uses.consumers(node);
    return !uses.isResult(node) && !readers.isEmpty() && readers.stream().allMatch(this::isMasked);
  }

  private boolean isMasked(Node reader) {
    return reader.operation() instanceof Operation.Pointwise(Function function, var operands)
        && (function == Function.MULTIPLY || function == Function.SELECT)
        && isZeroAfter(reader.id());
  }

  /** Whether the value is 0 wherever the source comes after the time. */
  private boolean isZeroAfter(int id) {
    if (zero[id] == null) {
      zero[id] = decide(graph.node(id));
    }
    return zero[id];
  }

  private boolean decide(Node node) {
    if (!node.axes().contains(Axis.TIME) || !node.axes().contains(Axis.SOURCE)) {
      return false;
    }
    return switch (node.operation()) {
      case Operation.Pointwise(Function function, List<Integer> operands) ->
          decide(function, operands);
      case Operation.Rename(int operand, Axis from, Axis to) ->
          isNoStep(from) && isNoStep(to) && isZeroAfter(operand);
      case Operation.Reduce(Reduction reduction, int operand, var over) ->
          FadingScores.of(graph, node).isPresent()
              || reduction == Reduction.SUM && isZeroAfter(operand);
      default -> false;
    };
  }

  private boolean decide(Function function, List<Integer> operands) {
    return switch (function) {
      case LESS, LESS_OR_EQUAL ->
          graph.node(operands.getFirst()).operation().equals(new Operation.Index(Axis.SOURCE))
              && graph.node(operands.getLast()).operation().equals(new Operation.Index(Axis.TIME));
      case MULTIPLY -> operands.stream().anyMatch(this::isZeroAfter);
      case ADD, SUBTRACT -> operands.stream().allMatch(this::isZeroAfter);
      case NEGATE, ROUND, STOP_GRADIENT, ABS, SQRT, DIVIDE -> isZeroAfter(operands.getFirst());
      case SELECT ->
          (isZeroAfter(operands.get(0)) || isZero(operands.get(1)) || isZeroAfter(operands.get(1)))
              && (isZero(operands.get(2)) || isZeroAfter(operands.get(2)));
      case POWER, EXP, LOG, ERF, TANH, SIN, COS, MAX, MIN, EQUAL -> false;
    };
  }

  private boolean isZero(int id) {
    return graph.node(id).operation() instanceof Operation.Literal(double value) && value == 0;
  }

  private static boolean isNoStep(Axis axis) {
    return !axis.equals(Axis.TIME) && !axis.equals(Axis.SOURCE);
  }
}
