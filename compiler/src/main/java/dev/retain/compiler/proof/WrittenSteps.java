package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.GraphEvaluator;
import dev.retain.compiler.evaluation.Tensor;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A recurrence run step by step as it is written, one sequence after the other: its meaning.
 *
 * @param outputs of each sequence's steps; null where a step does not count
 * @param states of each sequence after each of its steps, by name
 */
record WrittenSteps<N>(List<List<Tensor<N>>> outputs, List<List<Map<String, Tensor<N>>>> states) {

  /**
   * @param before the states before the first step of sequences that do not begin with the initial
   *     ones, by name: [batch, ...]
   */
  static <N> WrittenSteps<N> run(
      RecurrenceCall call, Sequences<N> sequences, Map<String, Tensor<N>> before) {
    List<List<Tensor<N>>> outputs = new ArrayList<>();
    List<List<Map<String, Tensor<N>>>> states = new ArrayList<>();
    for (int b = 0; b < sequences.arrangement().sequences(); b++) {
      Map<String, Tensor<N>> own = new HashMap<>();
      for (RecurrenceCall.State state : call.states()) {
        Tensor<N> given = before.get(state.name());
        own.put(
            state.name(),
            sequences.rests().get(b) ? initial(state, sequences) : given.at(Axis.BATCH, b));
      }
      outputs.add(new ArrayList<>());
      states.add(new ArrayList<>());
      run(call, sequences, b, own, outputs.getLast(), states.getLast());
    }
    return new WrittenSteps<>(outputs, states);
  }

  private static <N> void run(
      RecurrenceCall call,
      Sequences<N> sequences,
      int sequence,
      Map<String, Tensor<N>> states,
      List<Tensor<N>> outputs,
      List<Map<String, Tensor<N>>> after) {
    Arrangement arrangement = sequences.arrangement();
    for (int t = 0; t < arrangement.steps(); t++) {
      if (arrangement.beginsAnew(sequence, t)) {
        for (RecurrenceCall.State state : call.states()) {
          states.put(state.name(), initial(state, sequences));
        }
      }
      if (arrangement.counts(sequence, t)) {
        List<Tensor<N>> values =
            new GraphEvaluator<>(
                    sequences.draw().algebra(), 1, 1, leaves(call, sequences, sequence, t, states))
                .evaluate(call.body());
        for (RecurrenceCall.State state : call.states()) {
          states.put(
              state.name(), values.get(state.next()).along(state.axes(), sizes(state.axes())));
        }
        outputs.add(values.get(call.output()));
      } else {
        outputs.add(null);
      }
      after.add(Map.copyOf(states));
    }
  }

  private static <N> GraphEvaluator.Leaves<N> leaves(
      RecurrenceCall call,
      Sequences<N> sequences,
      int sequence,
      int step,
      Map<String, Tensor<N>> states) {
    Map<String, Tensor<N>> inputs = new HashMap<>();
    for (RecurrenceCall.Input input : call.inputs()) {
      Tensor<N> all = sequences.inputs().get(input.name());
      inputs.put(
          input.name(),
          input.role() == Role.IN ? all.at(Axis.BATCH, sequence).at(Axis.TIME, step) : all);
    }
    return leaf ->
        switch (leaf.operation()) {
          case Operation.Input(String name) -> inputs.get(name);
          case Operation.State(String name) -> states.get(name);
          default -> throw new IllegalStateException("a recurrence cannot read " + leaf);
        };
  }

  private static <N> Tensor<N> initial(RecurrenceCall.State state, Sequences<N> sequences) {
    N initial = sequences.draw().algebra().number(state.initial());
    return Tensor.of(state.axes(), sizes(state.axes()), () -> initial);
  }

  private static List<Integer> sizes(List<Axis> axes) {
    return axes.stream().map(Axis::size).toList();
  }
}
