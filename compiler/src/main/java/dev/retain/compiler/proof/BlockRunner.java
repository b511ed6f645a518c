package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.GraphEvaluator;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.evaluation.Tensor;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Inputs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs a form's program on blocks of some sequences. */
record BlockRunner<N>(
    RecurrenceCall call, FormUnderProof form, TensorProgram program, Sequences<N> sequences) {
  /**
   * @param output [batch, time, ...]
   * @param kept the form's states after the block, by name: [batch, ...]
   */
  record Result<N>(Tensor<N> output, Map<String, Tensor<N>> kept) {}

  /**
   * The recurrence's states, made of those that the form keeps.
   *
   * @param steps how many steps of the sequences were made
   */
  Map<String, Tensor<N>> asWritten(int steps, Map<String, Tensor<N>> kept) {
    StatesAsWritten written = form.asWritten();
    GraphEvaluator.Leaves<N> leaves =
        leaf ->
            switch (leaf.operation()) {
              case Operation.State(String name) -> kept.get(name);
              case Operation.Input(String name) when name.equals(Inputs.POSITION) ->
                  sequences.position(steps);
              case Operation.Input(String name) -> input(name);
              case Operation.Constant(String name) -> input(name);
              case Operation.Parameter(String name) -> input(name);
              default -> throw new IllegalStateException("no leaf: " + leaf);
            };
    GraphEvaluator<N> evaluator = evaluator(1, leaves);
    List<Tensor<N>> values = evaluator.evaluate(written.graph());
    Map<String, Tensor<N>> states = new HashMap<>();
    for (RecurrenceCall.State state : call.states()) {
      if (written.states().containsKey(state.name())) {
        Tensor<N> value = values.get(written.states().get(state.name()));
        states.put(state.name(), ordered(value, List.of(Axis.BATCH), state.axes(), evaluator));
      }
    }
    return states;
  }

  /**
   * The steps from one to another, exclusive.
   *
   * @param chunk how long the chunks are that the sequence is cut into
   */
  Result<N> run(int from, int to, int chunk, Map<String, Tensor<N>> kept) {
    GraphEvaluator<N> evaluator = evaluator(to - from, leaf -> leaf(leaf, from, to, chunk, kept));
    List<Tensor<N>> values = evaluator.evaluate(program.graph());
    Tensor<N> output =
        ordered(
            values.get(program.output()),
            List.of(Axis.BATCH, Axis.TIME),
            call.body().node(call.output()).axes(),
            evaluator);
    Map<String, Tensor<N>> next = new HashMap<>();
    for (FormUnderProof.Kept state : form.kept()) {
      Tensor<N> value = values.get(program.nextStates().get(state.name()));
      next.put(state.name(), ordered(value, List.of(Axis.BATCH), state.axes(), evaluator));
    }
    return new Result<>(output, next);
  }

  private GraphEvaluator<N> evaluator(int time, GraphEvaluator.Leaves<N> leaves) {
    return new GraphEvaluator<>(
        sequences.draw().algebra(), sequences.arrangement().sequences(), time, leaves);
  }

  private static <N> Tensor<N> ordered(
      Tensor<N> value, List<Axis> first, List<Axis> own, GraphEvaluator<N> evaluator) {
    List<Axis> axes = new ArrayList<>(first);
    axes.addAll(own);
    return value.along(axes, evaluator.sizes(axes));
  }

  private Tensor<N> leaf(Node leaf, int from, int to, int chunk, Map<String, Tensor<N>> kept) {
    return switch (leaf.operation()) {
      case Operation.State(String name) -> kept.get(name);
      case Operation.Constant(String name) -> input(name);
      case Operation.Parameter(String name) -> input(name);
      case Operation.Input(String name) when name.equals(FormUnderProof.CHUNK) ->
          new Tensor<>(List.of(), List.of(), List.of(number(chunk)));
      case Operation.Input(String name) when isArgument(name) -> {
        Tensor<N> block = input(name).part(Axis.TIME, from, to);
        // A program of single steps has no axis of time.
        block = leaf.axes().contains(Axis.TIME) ? block : block.at(Axis.TIME, 0);
        yield block.along(leaf.axes(), evaluator(to - from, null).sizes(leaf.axes()));
      }
      case Operation.Input(String name) when name.equals(Inputs.POSITION) ->
          sequences.position(from);
      case Operation.Input(String name) -> clock(leaf, name, from, to);
      default -> throw new IllegalStateException("no leaf: " + leaf);
    };
  }

  private boolean isArgument(String name) {
    return call.inputs().stream()
        .anyMatch(input -> RecurrenceUse.argumentName(input.name()).equals(name));
  }

  private Tensor<N> input(String name) {
    for (RecurrenceCall.Input input : call.inputs()) {
      if (name.equals(input.name()) || name.equals(RecurrenceUse.argumentName(input.name()))) {
        return sequences.inputs().get(input.name());
      }
    }
    throw new IllegalStateException("no input of a block: " + name);
  }

  /** What a block is told about its steps; see {@link Inputs}. */
  private Tensor<N> clock(Node leaf, String name, int from, int to) {
    Arrangement steps = sequences.arrangement();
    boolean byStep = leaf.axes().contains(Axis.TIME);
    List<N> elements = new ArrayList<>();
    for (int b = 0; b < steps.sequences(); b++) {
      for (int t = byStep ? from : to - 1; t < to; t++) {
        elements.add(
            number(
                switch (name) {
                  case Inputs.CLOCK, Inputs.CLOCK_END -> steps.counted(b, from, t + 1);
                  case Inputs.SEGMENT, Inputs.SEGMENT_END -> steps.begun(b, from, t + 1);
                  case Inputs.VALID -> steps.counted(b, t, t + 1);
                  default -> throw new IllegalStateException("no input of a block: " + name);
                }));
      }
    }
    return new Tensor<>(
        leaf.axes(),
        byStep ? List.of(steps.sequences(), to - from) : List.of(steps.sequences()),
        elements);
  }

  private N number(int number) {
    return sequences.draw().algebra().number(number);
  }
}
