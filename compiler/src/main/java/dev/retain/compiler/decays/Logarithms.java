package dev.retain.compiler.decays;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Logarithms of values that are never negative, simplified: what is an exponential, or a product,
 * quotient or choice of such, needs no logarithm at all.
 *
 * @param from the graph of the values
 * @param to the graph of the logarithms
 * @param copy puts a value into the other graph
 */
record Logarithms(Graph from, Bounds bounds, GraphBuilder to, IntUnaryOperator copy) {
  /** The logarithm of a value that is never negative. */
  int of(int id) {
    Node node = from.node(id);
    Span span = node.span();
    return switch (node.operation()) {
      case Operation.Rename(int operand, var source, var target) ->
          to.rename(of(operand), source, target, span);
      case Operation.Pointwise(Function function, List<Integer> operands) ->
          pointwise(id, function, operands, span);
      default -> logarithm(id, span);
    };
  }

  private int pointwise(int id, Function function, List<Integer> operands, Span span) {
    boolean simple = operands.stream().skip(isChoice(function)).allMatch(bounds::isNeverNegative);
    return switch (function) {
      case EXP -> copy.applyAsInt(operands.getFirst());
      case MULTIPLY, DIVIDE ->
          simple
              ? to.pointwise(
                  function == Function.MULTIPLY ? Function.ADD : Function.SUBTRACT,
                  span,
                  of(operands.get(0)),
                  of(operands.get(1)))
              : logarithm(id, span);
      case SELECT ->
          simple
              ? to.pointwise(
                  function,
                  span,
                  copy.applyAsInt(operands.get(0)),
                  of(operands.get(1)),
                  of(operands.get(2)))
              : logarithm(id, span);
      case SQRT ->
          simple
              ? to.multiply(to.literal(0.5, span), of(operands.getFirst()), span)
              : logarithm(id, span);
      case POWER ->
          isExponential(operands.getFirst())
              ? to.multiply(copy.applyAsInt(operands.get(1)), of(operands.getFirst()), span)
              : logarithm(id, span);
      default -> logarithm(id, span);
    };
  }

  private static int isChoice(Function function) {
    return function == Function.SELECT ? 1 : 0;
  }

  /** Of 0, a power is no exponential: 0^0 is 1. */
  private boolean isExponential(int id) {
    return switch (from.node(id).operation()) {
      case Operation.Pointwise(Function function, var operands) -> function == Function.EXP;
      case Operation.Literal(double value) -> value > 0;
      default -> false;
    };
  }

  private int logarithm(int id, Span span) {
    return to.pointwise(Function.LOG, span, copy.applyAsInt(id));
  }
}
