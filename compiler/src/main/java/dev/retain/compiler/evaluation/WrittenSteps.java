package dev.retain.compiler.evaluation;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A recurrence run step by step as it is written, one sequence after the other: its meaning. */
final class WrittenSteps {
  private final RecurrenceCall call;
  private final Trial trial;
  private final List<List<Tensor<Double>>> outputs = new ArrayList<>();
  private final List<List<Map<String, Tensor<Double>>>> states = new ArrayList<>();

  /**
   * @param initial the states before the first step, by name: [batch, ...]
   */
  WrittenSteps(RecurrenceCall call, Trial trial, Map<String, Tensor<Double>> initial) {
    this.call = call;
    this.trial = trial;
    for (int b = 0; b < trial.batch(); b++) {
      Map<String, Tensor<Double>> before = new HashMap<>();
      for (Map.Entry<String, Tensor<Double>> state : initial.entrySet()) {
        before.put(state.getKey(), state.getValue().at(Axis.BATCH, b));
      }
      states.add(new ArrayList<>());
      outputs.add(run(b, before));
    }
  }

  /** The outputs of each sequence's steps; null where a step does not count. */
  List<List<Tensor<Double>>> outputs() {
    return outputs;
  }

  /** The states of each sequence after each of its steps, by name. */
  List<List<Map<String, Tensor<Double>>>> states() {
    return states;
  }

  private List<Tensor<Double>> run(int sequence, Map<String, Tensor<Double>> before) {
    Map<String, Tensor<Double>> states = new HashMap<>(before);
    List<Tensor<Double>> outputs = new ArrayList<>();
    for (int t = 0; t < Trial.LENGTH; t++) {
      if (trial.reset()[sequence][t]) {
        for (RecurrenceCall.State state : call.states()) {
          states.put(
              state.name(), Tensor.of(state.axes(), sizes(state.axes()), () -> state.initial()));
        }
      }
      if (!trial.valid()[sequence][t]) {
        outputs.add(null);
        this.states.get(sequence).add(Map.copyOf(states));
        continue;
      }
      List<Tensor<Double>> values =
          new GraphEvaluator<>(RealNumbers.INSTANCE, 1, 1, leaves(sequence, t, states))
              .evaluate(call.body());
      for (RecurrenceCall.State state : call.states()) {
        states.put(state.name(), values.get(state.next()).along(state.axes(), sizes(state.axes())));
      }
      outputs.add(values.get(call.output()));
      this.states.get(sequence).add(Map.copyOf(states));
    }
    return outputs;
  }

  private GraphEvaluator.Leaves<Double> leaves(
      int sequence, int step, Map<String, Tensor<Double>> states) {
    Map<String, Tensor<Double>> inputs = new HashMap<>();
    for (RecurrenceCall.Input input : call.inputs()) {
      Tensor<Double> all = trial.inputs().get(input.name());
      inputs.put(
          input.name(),
          input.role() == Role.IN ? all.at(Axis.BATCH, sequence).at(Axis.TIME, step) : all);
    }
    Map<String, Tensor<Double>> before = new HashMap<>(states);
    return leaf -> leaf(leaf, inputs, before);
  }

  private static Tensor<Double> leaf(
      Node leaf, Map<String, Tensor<Double>> inputs, Map<String, Tensor<Double>> states) {
    return switch (leaf.operation()) {
      case Operation.Input(String name) -> inputs.get(name);
      case Operation.State(String name) -> states.get(name);
      default -> throw new IllegalStateException("a recurrence cannot read " + leaf);
    };
  }

  private static List<Integer> sizes(List<Axis> axes) {
    return axes.stream().map(Axis::size).toList();
  }
}
