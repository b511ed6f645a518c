package dev.retain.compiler.interpreter;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs a recurrence step by step, as it is written: its meaning, which every form must have. */
public final class RecurrenceInterpreter {
  private RecurrenceInterpreter() {}

  /**
   * The output of every step, [batch, time, axes...], and the states after the last one, [batch,
   * axes...] each, by path.
   *
   * @param bindings {@code inputs} by the recurrence's own names: [batch, time, axes...] for the
   *     role {@code IN}, else [axes...]; {@code states} before the first step by path: [batch,
   *     axes...]. A state that is not bound has its initial value
   * @throws IllegalArgumentException if an input is not bound, or an array has another shape
   */
  public static Results run(RecurrenceCall call, Bindings bindings) {
    Map<String, Value> steady = new HashMap<>();
    Map<String, Value> byTime = new HashMap<>();
    for (RecurrenceCall.Input input : call.inputs()) {
      INDArray array = Bindings.required(input.name(), bindings.inputs());
      if (input.role() == Role.IN) {
        List<Axis> axes = inFront(input.axes(), Axis.BATCH, Axis.TIME);
        byTime.put(
            input.name(),
            bindings
                .value(input.name(), axes, array)
                .arranged(inFront(input.axes(), Axis.TIME, Axis.BATCH)));
      } else {
        steady.put(input.name(), bindings.value(input.name(), input.axes(), array));
      }
    }
    Set<Integer> wanted = new HashSet<>();
    wanted.add(call.output());
    call.states().forEach(state -> wanted.add(state.next()));

    Map<String, Value> states = initial(call, bindings);
    List<Axis> outputAxes = call.body().node(call.output()).axes();
    List<INDArray> outputs = new ArrayList<>();
    for (int t = 0; t < bindings.time(); t++) {
      Map<String, Value> inputs = new HashMap<>(steady);
      for (Map.Entry<String, Value> input : byTime.entrySet()) {
        inputs.put(input.getKey(), input.getValue().at(t));
      }
      Map<Integer, Value> values =
          new Evaluation(new Step(inputs, states), bindings::size, Optional.of(Axis.BATCH))
              .evaluate(call.body(), wanted);
      states = new HashMap<>();
      for (RecurrenceCall.State state : call.states()) {
        states.put(state.path(), perSequence(values.get(state.next()), state.axes(), bindings));
      }
      INDArray output = perSequence(values.get(call.output()), outputAxes, bindings).array();
      outputs.add(output.reshape('c', 1, output.length()));
    }

    List<Axis> stacked = inFront(outputAxes, Axis.TIME, Axis.BATCH);
    INDArray rows = Nd4j.concat(0, outputs.toArray(INDArray[]::new));
    Map<String, INDArray> nextStates = new TreeMap<>();
    states.forEach((path, value) -> nextStates.put(path, value.copy()));
    return new Results(
        Value.shaped(rows, stacked, bindings.sizes(stacked))
            .arranged(inFront(outputAxes, Axis.BATCH, Axis.TIME))
            .copy(),
        nextStates);
  }

  private static Map<String, Value> initial(RecurrenceCall call, Bindings bindings) {
    Map<String, Value> states = new HashMap<>();
    for (RecurrenceCall.State state : call.states()) {
      List<Axis> axes = inFront(state.axes(), Axis.BATCH);
      INDArray bound = bindings.states().get(state.path());
      states.put(
          state.path(),
          bound == null
              ? new Value(
                  axes, Nd4j.valueArrayOf(bindings.sizes(axes), state.initial(), DataType.DOUBLE))
              : bindings.value(state.path(), axes, bound));
    }
    return states;
  }

  /** A value that is the same for all sequences, or along other axes, repeated along those. */
  private static Value perSequence(Value value, List<Axis> axes, Bindings bindings) {
    List<Axis> all = inFront(axes, Axis.BATCH);
    return value.repeatedTo(all, bindings.sizes(all));
  }

  private static List<Axis> inFront(List<Axis> axes, Axis... more) {
    List<Axis> all = new ArrayList<>(List.of(more));
    all.addAll(axes);
    return all;
  }

  private record Step(Map<String, Value> inputs, Map<String, Value> states)
      implements Evaluation.Leaves {
    @Override
    public Value weight(Node node, String path) {
      throw new IllegalStateException(
          "a recurrence reads its inputs and states only, not the weight " + path);
    }

    @Override
    public Value input(Node node, String name) {
      return inputs.get(name);
    }

    @Override
    public Value state(Node node, String path) {
      return states.get(path);
    }
  }
}
