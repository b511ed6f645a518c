package dev.retain.compiler.forms;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.runtime.program.Inputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The recurrent form of a recurrence: its step as it stands. */
final class StepExpansion {
  private StepExpansion() {}

  /**
   * @param inputs for each input's name its node
   * @param nextStates receives each state's value after the step
   * @return the node of the result
   */
  static int expand(
      RecurrenceCall call,
      Map<String, Integer> inputs,
      GraphBuilder graph,
      boolean ragged,
      Map<String, Integer> nextStates) {
    GraphCopy copy =
        new GraphCopy(
            call.body(),
            graph,
            node ->
                switch (node.operation()) {
                  case Operation.Input(String name) -> inputs.get(name);
                  case Operation.State(String path) -> before(call, path, graph, ragged);
                  default -> -1;
                });
    for (RecurrenceCall.State state : call.states()) {
      int next = copy.copy(state.next());
      if (ragged) {
        int valid = flag(Inputs.VALID, graph, state);
        int kept = before(call, state.path(), graph, true);
        next = graph.pointwise(Function.SELECT, state.span(), valid, next, kept);
      }
      nextStates.put(state.path(), next);
    }
    return copy.copy(call.output());
  }

  private static int before(RecurrenceCall call, String path, GraphBuilder graph, boolean ragged) {
    RecurrenceCall.State state =
        call.states().stream().filter(s -> s.path().equals(path)).findFirst().orElseThrow();
    List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
    axes.addAll(state.axes());
    int carried = graph.state(path, axes, state.span());
    if (!ragged) {
      return carried;
    }
    int reset = flag(Inputs.SEGMENT, graph, state);
    int initial = graph.literal(state.initial(), state.span());
    return graph.pointwise(Function.SELECT, state.span(), reset, initial, carried);
  }

  private static int flag(String name, GraphBuilder graph, RecurrenceCall.State state) {
    return graph.input(name, List.of(Axis.BATCH), Precision.WIDE, state.span());
  }
}
