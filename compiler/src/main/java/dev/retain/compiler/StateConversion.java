package dev.retain.compiler;

import dev.retain.compiler.evaluation.GraphEvaluator;
import dev.retain.compiler.evaluation.Tensor;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** States from one of their representations to another. */
final class StateConversion {
  private StateConversion() {}

  /**
   * @param wanted the states to be made; those that are made of none that is given are left out
   * @param stored constants and parameters by path
   * @param given [batch, ...] by path
   * @param steps how many steps each sequence has made
   */
  static Map<String, NativeTensor> convert(
      StatesAsWritten conversion,
      List<RecurrenceCall.State> wanted,
      Map<String, NativeTensor> stored,
      Map<String, NativeTensor> given,
      long steps) {
    Map<String, NativeTensor> converted = new LinkedHashMap<>();
    if (given.isEmpty()) {
      return converted;
    }
    NativeTensor any = given.values().iterator().next();
    int batch = (int) any.shape()[0];
    StateLeaves leaves = new StateLeaves(stored, given, batch, steps);
    GraphEvaluator<Double> evaluator =
        new GraphEvaluator<>(StateNumbers.INSTANCE, batch, 1, leaves::of);
    List<Tensor<Double>> values = evaluator.evaluate(conversion.graph());
    Set<Integer> known = known(conversion.graph(), given.keySet());
    for (RecurrenceCall.State state : wanted) {
      Integer node = conversion.states().get(state.path());
      if (node == null || !known.contains(node)) {
        continue;
      }
      List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
      axes.addAll(state.axes());
      Tensor<Double> value = values.get(node).along(axes, evaluator.sizes(axes));
      converted.put(state.path(), tensor(value, any.type()));
    }
    return converted;
  }

  /** The same numbers in memory. */
  static NativeTensor tensor(Tensor<Double> value, ElementType type) {
    long[] shape = value.sizes().stream().mapToLong(Integer::longValue).toArray();
    NativeTensor result = NativeTensor.allocate(Arena.ofAuto(), type, shape);
    for (int i = 0; i < value.elements().size(); i++) {
      result.setDouble(i, value.elements().get(i));
    }
    return result;
  }

  /** The nodes that are made of a state that is given, or of none at all. */
  private static Set<Integer> known(Graph graph, Set<String> given) {
    Set<Integer> known = new HashSet<>();
    Set<Integer> ofStates = new HashSet<>();
    for (Node node : graph.nodes()) {
      boolean isState = node.operation() instanceof Operation.State;
      List<Integer> operands = node.operation().operands();
      boolean isGiven =
          node.operation() instanceof Operation.State(String path) && given.contains(path);
      if (isState || operands.stream().anyMatch(ofStates::contains)) {
        ofStates.add(node.id());
        if (isGiven || operands.stream().anyMatch(o -> ofStates.contains(o) && known.contains(o))) {
          known.add(node.id());
        }
      } else {
        known.add(node.id());
      }
    }
    return known;
  }
}
