package dev.retain.compiler.tensor;

import java.util.List;
import java.util.stream.Stream;

/**
 * How much arithmetic a program is: every addition, multiplication or function of one element
 * counts as one. What does not depend on the tokens is not counted, since it is computed once.
 */
public final class OperationCount {
  // Of a pair of elements: four products, an addition, a subtraction.
  private static final int TURN_OF_AN_ELEMENT = 3;
  private static final int MULTIPLY_AND_ADD = 2;

  private OperationCount() {}

  /** Operations for each token of one sequence, in blocks of {@code time} steps. */
  public static long perToken(TensorProgram program, long time) {
    return ofBlock(program, time) / time;
  }

  private static long ofBlock(TensorProgram program, long time) {
    long sum = 0;
    for (Node node : program.graph().nodes()) {
      if (differsByToken(program.graph(), node)) {
        sum += ofNode(program.graph(), node, time);
      }
    }
    return sum;
  }

  /** A gradient of a weight has no axis of its own for tokens, but sums over them. */
  private static boolean differsByToken(Graph graph, Node node) {
    return node.axes().contains(Axis.BATCH)
        || node.operation().operands().stream()
            .anyMatch(operand -> graph.node(operand).axes().contains(Axis.BATCH));
  }

  /**
   * Operations for a block of {@code time} steps of one sequence: {@code perBlock + perStep * time
   * + perPair * time^2}.
   */
  public record Growth(long perBlock, long perStep, long perPair) {}

  /** How the operations of a program grow with the length of its blocks. */
  public static Growth growth(TensorProgram program) {
    // The counts at three lengths are those of the one polynomial of degree two.
    long one = ofBlock(program, 1);
    long two = ofBlock(program, 2);
    long three = ofBlock(program, 3);
    long perPair = (three - 2 * two + one) / 2;
    long perStep = two - one - 3 * perPair;
    return new Growth(one - perStep - perPair, perStep, perPair);
  }

  private static long ofNode(Graph graph, Node node, long time) {
    long elements = elements(node.axes(), time);
    return switch (node.operation()) {
      case Operation.Pointwise pointwise -> elements;
      case Operation.Contract(int left, int right, var over) ->
          MULTIPLY_AND_ADD * products(node.axes(), over, time);
      case Operation.Reduce(var reduction, int operand, var over) ->
          elements(graph.node(operand).axes(), time);
      case Operation.Turn turn -> TURN_OF_AN_ELEMENT * elements;
      case Operation.Scatter(int value, var axis, int index) ->
          elements(graph.node(value).axes(), time);
      case Operation.CumulativeSum sum -> elements;
      case Operation.RangeProduct product -> elements;
      // Half of the matrix takes part.
      case Operation.Solve(int matrix, int right, var rows, var columns, var direction) ->
          MULTIPLY_AND_ADD * elements * elements(columns, time) / 2;
      case Operation.Literal literal -> 0;
      case Operation.Parameter parameter -> 0;
      case Operation.Constant constant -> 0;
      case Operation.Input input -> 0;
      case Operation.State state -> 0;
      case Operation.Index index -> 0;
      case Operation.Gather gather -> 0;
      case Operation.Rename rename -> 0;
      case Operation.Dropout dropout -> 0;
      case Operation.Recur recur ->
          throw new IllegalArgumentException("a step graph is no program of a form");
    };
  }

  /** Of steps by steps only pairs are needed whose source comes no later than the time. */
  private static long products(List<Axis> axes, List<Axis> over, long time) {
    long all = elements(axes, time) * elements(over, time);
    boolean ofPairs =
        Stream.of(Axis.TIME, Axis.SOURCE)
            .allMatch(step -> axes.contains(step) || over.contains(step));
    return ofPairs ? all / time * (time + 1) / 2 : all;
  }

  private static long elements(List<Axis> axes, long time) {
    return axes.stream().mapToLong(axis -> size(axis.extent(), time)).reduce(1, (a, b) -> a * b);
  }

  private static long size(Extent extent, long time) {
    return switch (extent) {
      case Extent.Fixed(int size) -> size;
      case Extent.Symbol.BATCH -> 1;
      case Extent.Symbol.TIME -> time;
    };
  }
}
