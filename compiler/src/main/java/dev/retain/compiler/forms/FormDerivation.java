package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.Normalizer;
import dev.retain.compiler.recurrence.NotLinearException;
import dev.retain.compiler.recurrence.PositiveRatios;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Inputs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From the graph of one step to the program of a form. */
public final class FormDerivation {
  private final Graph step;
  private final Form form;
  private final boolean ragged;
  private final GraphBuilder graph = new GraphBuilder();
  private final Map<String, Integer> nextStates = new HashMap<>();
  private final int[] derived;

  /** Forms that are written by hand instead of derived, by the path of the use. */
  private final Map<String, HandWrittenForm> written;

  private FormDerivation(
      Graph step, Form form, boolean ragged, Map<String, HandWrittenForm> written) {
    this.step = step;
    this.form = form;
    this.ragged = ragged;
    this.written = written;
    this.derived = new int[step.nodes().size()];
  }

  /**
   * @param step one step, in which every {@code Input} is new at each step
   * @param output the node of the step's result
   * @param ragged whether steps may be padding, or reset the state
   */
  public static TensorProgram derive(Graph step, int output, Form form, boolean ragged)
      throws UnsupportedFormException, NotLinearException {
    return new FormDerivation(step, form, ragged, Map.of())
        .derive(output, form.toString() + (ragged ? ".ragged" : ""));
  }

  /**
   * The same with forms that are written by hand, of blocks in which every step counts. Recurrences
   * that have none take part in the form that is derived for such blocks.
   *
   * @param name of the program
   * @param written by the path of the use of a recurrence
   */
  public static TensorProgram derive(
      Graph step, int output, String name, Map<String, HandWrittenForm> written)
      throws UnsupportedFormException, NotLinearException {
    return new FormDerivation(step, Form.CHUNKWISE, false, written).derive(output, name);
  }

  /**
   * Checks that every form of the recurrence can be derived.
   *
   * @throws UnsupportedFormException saying what is in the way
   */
  public static void check(NormalForm form) throws UnsupportedFormException, NotLinearException {
    RecurrenceCall call = RotationRemoval.remove(form);
    GraphBuilder graph = new GraphBuilder();
    Map<String, Integer> inputs = new HashMap<>();
    for (RecurrenceCall.Input input : call.inputs()) {
      List<Axis> axes = new ArrayList<>(input.axes());
      if (input.role() == Role.IN) {
        axes.addAll(List.of(Axis.BATCH, Axis.TIME));
      }
      inputs.put(input.name(), graph.input(input.name(), axes, Precision.REAL, input.span()));
    }
    expandBlock(call, inputs, graph, false, new HashMap<>());
  }

  /**
   * The recurrence with its constant rotations moved from the states to what is written and read,
   * and those groups of states that are kept over the exponential of a running maximum.
   */
  public static PositiveRatios kept(NormalForm form)
      throws UnsupportedFormException, NotLinearException {
    return PositiveRatios.of(Normalizer.normalize(RotationRemoval.remove(form)));
  }

  /** What the forms of a recurrence keep from block to block. */
  public static List<RecurrenceCall.State> kept(RecurrenceCall call) {
    return ratios(call).map(PositiveRatios::kept).orElse(call.states());
  }

  /** The groups of the recurrence, if it is linear in its states. */
  static Optional<PositiveRatios> ratios(RecurrenceCall call) {
    try {
      NormalForm form = Normalizer.normalize(call);
      try {
        return Optional.of(kept(form));
      } catch (UnsupportedFormException turnsInMemory) {
        return Optional.of(PositiveRatios.of(form));
      }
    } catch (NotLinearException asItStands) {
      return Optional.empty();
    }
  }

  private TensorProgram derive(int output, String name)
      throws UnsupportedFormException, NotLinearException {
    for (Node node : step.nodes()) {
      derived[node.id()] =
          node.operation() instanceof Operation.Recur(RecurrenceCall call, List<Integer> arguments)
              ? expand(call, arguments, node.span())
              : derive(node);
    }
    return Pruning.prune(new TensorProgram(name, graph.build(), derived[output], nextStates));
  }

  private int derive(Node node) {
    if (node.operation() instanceof Operation.Input(String name)) {
      List<Axis> axes = new ArrayList<>(steps());
      axes.addAll(node.axes());
      return graph.input(name, axes, node.precision(), node.span());
    }
    return new GraphCopy(step, graph, n -> n.id() == node.id() ? -1 : derived[n.id()])
        .copy(node.id());
  }

  private List<Axis> steps() {
    return form == Form.RECURRENT ? List.of(Axis.BATCH) : List.of(Axis.BATCH, Axis.TIME);
  }

  private int expand(RecurrenceCall original, List<Integer> arguments, Span span)
      throws UnsupportedFormException, NotLinearException {
    Map<String, Integer> inputs = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      int argument = derived[arguments.get(i)];
      inputs.put(original.inputs().get(i).name(), zeroAtPadding(argument, span));
    }
    HandWrittenForm byHand = written.get(original.path());
    if (byHand != null) {
      return HandWrittenExpansion.expand(byHand, inputs, graph, nextStates);
    }
    if (form == Form.RECURRENT) {
      // A recurrence without other forms still has its recurrent form, as it stands.
      RecurrenceCall call = ratios(original).map(MaximumStep::rewrite).orElse(original);
      inputs.put(
          RotationRemoval.POSITION,
          graph.input(Inputs.POSITION, List.of(Axis.BATCH), Precision.WIDE, span));
      return zeroAtPadding(StepExpansion.expand(call, inputs, graph, ragged, nextStates), span);
    }
    RecurrenceCall call = RotationRemoval.remove(Normalizer.normalize(original));
    inputs.put(RotationRemoval.POSITION, new Clock(graph, ragged, span).position());
    return zeroAtPadding(expandBlock(call, inputs, graph, ragged, nextStates), span);
  }

  private static int expandBlock(
      RecurrenceCall call,
      Map<String, Integer> inputs,
      GraphBuilder graph,
      boolean ragged,
      Map<String, Integer> nextStates)
      throws UnsupportedFormException, NotLinearException {
    NormalForm normal = Normalizer.normalize(InitialRemoval.remove(call));
    return BlockExpansion.expand(PositiveRatios.of(normal), inputs, graph, ragged, nextStates);
  }

  /**
   * Padding may hold anything, even NaN (0 / 0 before the first step), and a sum over the steps
   * would spread that: no factor makes it 0 again. Indexes stay as they are, and pick a row.
   */
  private int zeroAtPadding(int value, Span span) {
    if (!ragged
        || !graph.axes(value).containsAll(steps())
        || graph.node(value).precision() == Precision.WHOLE) {
      return value;
    }
    int valid = graph.input(Inputs.VALID, steps(), Precision.WIDE, span);
    return graph.pointwise(Function.SELECT, span, valid, value, graph.literal(0, span));
  }
}
