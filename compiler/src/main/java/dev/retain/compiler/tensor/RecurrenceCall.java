package dev.retain.compiler.tensor;

import dev.retain.compiler.diagnostics.Span;
import java.util.List;

/**
 * One use of a recurrence in a model, with all axes known.
 *
 * @param name the recurrence's name
 * @param path where in the model it is used; the states' paths begin with it
 * @param mapped axes of the arguments before the recurrence's own, such as the heads; every input
 *     and state may have them in front
 * @param body one step: its {@code Input}s are the recurrence's, its {@code State}s the values
 *     before the step
 * @param output the node of the body that is the result
 */
public record RecurrenceCall(
    String name,
    String path,
    List<Axis> mapped,
    List<Input> inputs,
    List<State> states,
    Graph body,
    int output,
    Span span) {
  public RecurrenceCall {
    mapped = List.copyOf(mapped);
    inputs = List.copyOf(inputs);
    states = List.copyOf(states);
  }

  /** The same with further nodes at the end of its body. */
  public RecurrenceCall withBody(Graph extended) {
    return new RecurrenceCall(name, path, mapped, inputs, states, extended, output, span);
  }

  public record Input(String name, Role role, List<Axis> axes, Span span) {
    public Input {
      axes = List.copyOf(axes);
    }
  }

  /**
   * @param path the state's name in the whole model
   * @param axes the mapped axes, then the state's own
   * @param initial every element's value before the first step
   * @param next the node of the body that is the value after the step
   */
  public record State(
      String name, String path, List<Axis> axes, double initial, int next, Span span) {
    public State {
      axes = List.copyOf(axes);
    }
  }
}
