package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Extent;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.runtime.program.Inputs;
import java.util.List;
import java.util.Map;

/** Puts a form that is written by hand into the program of a block. */
final class HandWrittenExpansion {
  private final Map<String, Integer> inputs;
  private final GraphBuilder graph;
  private final GraphCopy copy;

  private HandWrittenExpansion(
      HandWrittenForm form, Map<String, Integer> inputs, GraphBuilder graph) {
    this.inputs = inputs;
    this.graph = graph;
    this.copy = new GraphCopy(form.block(), graph, this::replace);
  }

  /**
   * @param inputs for each input's name its node
   * @param nextStates receives each of the form's states after the block
   * @return the node of the result
   */
  static int expand(
      HandWrittenForm form,
      Map<String, Integer> inputs,
      GraphBuilder graph,
      Map<String, Integer> nextStates) {
    GraphCopy copy = new HandWrittenExpansion(form, inputs, graph).copy;
    form.next().forEach((path, node) -> nextStates.put(path, copy.copy(node)));
    return copy.copy(form.output());
  }

  /**
   * An argument may be the same at every step, or a number, although the form takes it as new at
   * each: sums over what does not change are products.
   */
  private int replace(Node node) {
    Span span = node.span();
    return switch (node.operation()) {
      case Operation.Input(String name) when name.equals(HandWrittenForm.START) ->
          graph.input(Inputs.POSITION, List.of(Axis.BATCH), Precision.WIDE, span);
      case Operation.Input(String name) when name.equals(HandWrittenForm.CHUNK) ->
          graph.input(Inputs.CHUNK, List.of(), Precision.WIDE, span);
      case Operation.Input(String name) -> inputs.get(name);
      case Operation.Contract(int left, int right, List<Axis> over) ->
          contracted(copy.copy(left), copy.copy(right), over, span);
      case Operation.Reduce(Reduction reduction, int operand, List<Axis> over) ->
          reduced(reduction, copy.copy(operand), over, span);
      default -> -1;
    };
  }

  private int contracted(int left, int right, List<Axis> over, Span span) {
    List<Axis> inBoth = common(over, graph.axes(left), graph.axes(right));
    List<Axis> leftOnly = without(over, graph.axes(left), inBoth);
    List<Axis> rightOnly = without(over, graph.axes(right), inBoth);
    int product =
        graph.contract(
            graph.reduce(Reduction.SUM, left, leftOnly, span),
            graph.reduce(Reduction.SUM, right, rightOnly, span),
            inBoth,
            span);
    List<Axis> nowhere =
        over.stream()
            .filter(axis -> !graph.axes(left).contains(axis) && !graph.axes(right).contains(axis))
            .toList();
    return times(product, nowhere, span);
  }

  private int reduced(Reduction reduction, int operand, List<Axis> over, Span span) {
    List<Axis> there = common(over, graph.axes(operand), over);
    int result = graph.reduce(reduction, operand, there, span);
    return reduction == Reduction.SUM ? times(result, without(over, over, there), span) : result;
  }

  private int times(int value, List<Axis> axes, Span span) {
    int result = value;
    for (Axis axis : axes) {
      int size =
          switch (axis.extent()) {
            case Extent.Fixed(int elements) -> graph.literal(elements, span);
            case Extent.Symbol.TIME -> HandWrittenForm.length(graph, span);
            case Extent.Symbol.BATCH -> throw new IllegalStateException("a sum over sequences");
          };
      result = graph.pointwise(Function.MULTIPLY, span, size, result);
    }
    return result;
  }

  private static List<Axis> common(List<Axis> axes, List<Axis> left, List<Axis> right) {
    return axes.stream().filter(left::contains).filter(right::contains).toList();
  }

  private static List<Axis> without(List<Axis> axes, List<Axis> of, List<Axis> removed) {
    return axes.stream().filter(of::contains).filter(axis -> !removed.contains(axis)).toList();
  }
}
