package dev.retain.compiler.evaluation;

import dev.retain.compiler.forms.FormDerivation;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.forms.UnsupportedFormException;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.Normalizer;
import dev.retain.compiler.recurrence.NotLinearException;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Form;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A use of a recurrence on its own, over small axes, so that equal uses are equal.
 *
 * @param numbers the inputs that are given a number in the model, which may make a form simpler
 */
public record RecurrenceUse(RecurrenceCall call, Map<String, Double> numbers) {
  public RecurrenceUse {
    numbers = Map.copyOf(numbers);
  }

  /** The use at a node of a model's step. */
  public static RecurrenceUse of(Graph step, Operation.Recur use) {
    Map<String, Double> numbers = new HashMap<>();
    for (int i = 0; i < use.arguments().size(); i++) {
      if (step.node(use.arguments().get(i)).operation()
          instanceof Operation.Literal(double number)) {
        numbers.put(use.call().inputs().get(i).name(), number);
      }
    }
    return new RecurrenceUse(SmallAxes.of(use.call()), numbers);
  }

  /**
   * A recurrence over axes that are small already.
   *
   * @param axes other axes for some of its own
   */
  public static RecurrenceUse of(RecurrenceCall call, Map<Axis, Axis> axes) {
    return new RecurrenceUse(SmallAxes.renamed(call, axes), Map.of());
  }

  /** The use of a form that is written by hand, over axes that are small in the form, too. */
  public static HandWrittenForm small(HandWrittenForm form) {
    return SmallAxes.of(form);
  }

  public NormalForm normalForm() {
    try {
      return Normalizer.normalize(call);
    } catch (NotLinearException e) {
      throw new IllegalStateException(call.name() + " is not linear: " + e.getMessage(), e);
    }
  }

  /**
   * The program of a form of this use alone. Its inputs, constants and parameters have the names of
   * the recurrence's inputs with {@code in.} before them, its states their own names.
   *
   * @throws IllegalStateException if the recurrence has no such form
   */
  public TensorProgram derive(Form form, boolean ragged) {
    GraphBuilder step = new GraphBuilder();
    int output = step(step);
    try {
      return FormDerivation.derive(step.build(), output, form, ragged);
    } catch (NotLinearException | UnsupportedFormException e) {
      throw new IllegalStateException(call.name() + " has no such form: " + e.getMessage(), e);
    }
  }

  /**
   * The program of a form that is written by hand, for this use alone; leaves have the same names.
   *
   * @param form of the same use, over the same axes: see {@link #small}
   */
  public TensorProgram derive(HandWrittenForm form) {
    GraphBuilder step = new GraphBuilder();
    int output = step(step);
    try {
      return FormDerivation.derive(step.build(), output, form.name(), Map.of(call.path(), form));
    } catch (NotLinearException | UnsupportedFormException e) {
      throw new IllegalStateException(e);
    }
  }

  private int step(GraphBuilder step) {
    List<Integer> arguments = new ArrayList<>();
    for (RecurrenceCall.Input input : call.inputs()) {
      arguments.add(argument(input, step));
    }
    return step.add(
        new Operation.Recur(call, arguments),
        call.body().node(call.output()).axes(),
        Precision.REAL,
        call.span());
  }

  private int argument(RecurrenceCall.Input input, GraphBuilder step) {
    if (numbers.containsKey(input.name())) {
      return step.literal(numbers.get(input.name()), input.span());
    }
    String name = argumentName(input.name());
    return switch (input.role()) {
      case CONST -> step.constant(name, input.axes(), input.span());
      case PARAM -> step.parameter(name, input.axes(), input.span());
      case IN -> step.input(name, input.axes(), precision(input.name()), input.span());
    };
  }

  /** What no input of a block has for a name. */
  public static String argumentName(String input) {
    return "in." + input;
  }

  /** In which numbers the recurrence reads the input. */
  public Precision precision(String input) {
    return call.body().nodes().stream()
        .filter(node -> node.operation().equals(new Operation.Input(input)))
        .findFirst()
        .map(Node::precision)
        .orElse(Precision.REAL);
  }
}
