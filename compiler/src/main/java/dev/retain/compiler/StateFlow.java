package dev.retain.compiler;

import dev.retain.compiler.autodiff.Differentiation;
import dev.retain.compiler.autodiff.Wanted;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.evaluation.GraphEvaluator;
import dev.retain.compiler.evaluation.Tensor;
import dev.retain.compiler.forms.GraphCopy;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.Inputs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What flows back through a conversion of states.
 *
 * @param states to the states that are converted, by path
 * @param stored to what they are converted with, such as angles: constants and parameters by path
 */
record StateFlow(Map<String, NativeTensor> states, Map<String, NativeTensor> stored) {
  /**
   * What flows back to the states that are converted, and to what they are converted with, given
   * what flows back to those that they are converted to.
   *
   * @param stored constants and parameters by path
   * @param states [batch, ...] by path: where the conversion is differentiated
   * @param flowing of the same shapes, by path; nothing flows back to those missing
   */
  static StateFlow through(
      StatesAsWritten conversion,
      Map<String, NativeTensor> stored,
      Map<String, NativeTensor> states,
      Map<String, NativeTensor> flowing,
      long steps) {
    if (states.isEmpty()) {
      return new StateFlow(flowing, Map.of());
    }
    int batch = (int) states.values().iterator().next().shape()[0];
    TensorProgram program = backwards(conversion);
    StateLeaves leaves = new StateLeaves(stored, states, batch, steps);
    GraphEvaluator<Double> evaluator =
        new GraphEvaluator<>(StateNumbers.INSTANCE, batch, 1, leaf -> leaf(leaf, leaves, flowing));
    List<Tensor<Double>> values = evaluator.evaluate(program.graph());
    Map<String, NativeTensor> toStates = new LinkedHashMap<>();
    Map<String, NativeTensor> toStored = new LinkedHashMap<>();
    for (Node node : program.graph().nodes()) {
      switch (node.operation()) {
        case Operation.State(String path) when states.containsKey(path) ->
            found(program, Gradients.ofState(path), node, values, evaluator)
                .ifPresent(gradient -> toStates.put(path, gradient));
        case Operation.Constant(String path) ->
            found(program, path, node, values, evaluator)
                .ifPresent(gradient -> toStored.put(path, gradient));
        default -> {}
      }
    }
    return new StateFlow(toStates, toStored);
  }

  /** The derivative of a conversion, also by the recurrence's inputs that it reads. */
  private static TensorProgram backwards(StatesAsWritten conversion) {
    GraphBuilder graph = new GraphBuilder();
    GraphCopy copy =
        new GraphCopy(
            conversion.graph(),
            graph,
            node ->
                node.operation() instanceof Operation.Input(String name)
                        && !name.equals(Inputs.POSITION)
                    ? graph.constant(Inputs.OUTSIDE + name, node.axes(), node.span())
                    : -1);
    Map<String, Integer> states = new TreeMap<>();
    conversion.states().forEach((path, node) -> states.put(path, copy.copy(node)));
    int nothing = graph.literal(0, Span.none());
    return Differentiation.of(
        new TensorProgram("states", graph.build(), nothing, states), List.of(), Wanted.ALL);
  }

  private static Optional<NativeTensor> found(
      TensorProgram program,
      String name,
      Node node,
      List<Tensor<Double>> values,
      GraphEvaluator<Double> evaluator) {
    return Optional.ofNullable(program.gradients().get(name))
        .map(gradient -> values.get(gradient).along(node.axes(), evaluator.sizes(node.axes())))
        .map(value -> StateConversion.tensor(value, ElementType.F64));
  }

  private static Tensor<Double> leaf(
      Node leaf, StateLeaves leaves, Map<String, NativeTensor> flowing) {
    for (String path : leaves.states().keySet()) {
      if (leaf.operation().equals(new Operation.Input(Inputs.adjointOf(path)))) {
        return leaves.state(leaf, flowing.get(path));
      }
    }
    return leaves.of(leaf);
  }
}
