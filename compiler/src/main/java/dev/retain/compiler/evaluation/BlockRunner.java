package dev.retain.compiler.evaluation;

import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Inputs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs one form's program on blocks of a trial's steps. */
final class BlockRunner {
  /**
   * @param output [batch, time, ...]
   * @param states after the block, by name: [batch, ...]
   */
  record Result(Tensor<Double> output, Map<String, Tensor<Double>> states) {}

  private final RecurrenceUse use;
  private final TensorProgram program;
  private final Trial trial;

  BlockRunner(RecurrenceUse use, TensorProgram program, Trial trial) {
    this.use = use;
    this.program = program;
    this.trial = trial;
  }

  /** The states as the recurrence's equations speak of them, of those that a form keeps. */
  static Map<String, Tensor<Double>> asWritten(
      StatesAsWritten written, Trial trial, int steps, Map<String, Tensor<Double>> kept) {
    GraphEvaluator.Leaves<Double> leaves =
        leaf ->
            switch (leaf.operation()) {
              case Operation.State(String name) -> kept.get(name);
              case Operation.Input(String name) when name.equals(Inputs.POSITION) ->
                  trial.position(steps);
              case Operation.Input(String name) -> trial.inputs().get(name);
              default -> throw new IllegalStateException("no leaf: " + leaf);
            };
    List<Tensor<Double>> values =
        new GraphEvaluator<>(RealNumbers.INSTANCE, trial.batch(), 1, leaves)
            .evaluate(written.graph());
    Map<String, Tensor<Double>> states = new HashMap<>();
    written.states().forEach((name, id) -> states.put(name, values.get(id)));
    return states;
  }

  /** The steps from one to another, exclusive. */
  Result run(int from, int to, Map<String, Tensor<Double>> states) {
    GraphEvaluator<Double> evaluator =
        new GraphEvaluator<>(
            RealNumbers.INSTANCE, trial.batch(), to - from, leaf -> leaf(leaf, from, to, states));
    List<Tensor<Double>> values = evaluator.evaluate(program.graph());
    List<Axis> outputAxes = new ArrayList<>(List.of(Axis.BATCH, Axis.TIME));
    outputAxes.addAll(use.call().body().node(use.call().output()).axes());
    Map<String, Tensor<Double>> next = new HashMap<>();
    use.call()
        .states()
        .forEach(state -> {
          List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
          axes.addAll(state.axes());
          next.put(
              state.name(),
              values
                  .get(program.nextStates().get(state.name()))
                  .along(axes, evaluator.sizes(axes)));
        });
    return new Result(
        values.get(program.output()).along(outputAxes, evaluator.sizes(outputAxes)), next);
  }

  private Tensor<Double> leaf(Node leaf, int from, int to, Map<String, Tensor<Double>> states) {
    return switch (leaf.operation()) {
      case Operation.State(String name) -> states.get(name);
      case Operation.Constant(String name) -> input(leaf, name, from, to);
      case Operation.Parameter(String name) -> input(leaf, name, from, to);
      case Operation.Input(String name) -> input(leaf, name, from, to);
      default -> throw new IllegalStateException("no leaf: " + leaf);
    };
  }

  private Tensor<Double> input(Node leaf, String name, int from, int to) {
    for (Map.Entry<String, Tensor<Double>> input : trial.inputs().entrySet()) {
      if (RecurrenceUse.argumentName(input.getKey()).equals(name)) {
        Tensor<Double> block = input.getValue().part(Axis.TIME, from, to);
        // A program of single steps has no axis of time.
        return leaf.axes().contains(Axis.TIME) ? block : block.at(Axis.TIME, 0);
      }
    }
    return clock(leaf, name, from, to);
  }

  /** What a block is told about its steps; see {@link Inputs}. */
  private Tensor<Double> clock(Node leaf, String name, int from, int to) {
    boolean byStep = leaf.axes().contains(Axis.TIME);
    List<Double> elements = new ArrayList<>();
    for (int b = 0; b < trial.batch(); b++) {
      for (int t = byStep ? from : to - 1; t < to; t++) {
        elements.add(
            (double)
                switch (name) {
                  case Inputs.POSITION -> Trial.count(trial.valid()[b], 0, from);
                  case Inputs.CLOCK, Inputs.CLOCK_END -> Trial.count(trial.valid()[b], from, t + 1);
                  case Inputs.SEGMENT, Inputs.SEGMENT_END ->
                      Trial.count(trial.reset()[b], from, t + 1);
                  case Inputs.VALID -> Trial.count(trial.valid()[b], t, t + 1);
                  default -> throw new IllegalStateException("no input of a block: " + name);
                });
      }
    }
    return new Tensor<>(
        leaf.axes(), byStep ? List.of(trial.batch(), to - from) : List.of(trial.batch()), elements);
  }
}
