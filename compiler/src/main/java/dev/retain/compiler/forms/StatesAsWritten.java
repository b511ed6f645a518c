package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.runtime.program.Inputs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The states that a recurrence's equations speak of, made of those that its forms keep. They are
 * the same but for rotations, which forms move to what is written and read.
 *
 * @param graph its states are those that forms keep, [batch, ...]; its inputs are the recurrence's
 *     and the position, [batch]: the number of steps made
 * @param states for each path the node of the state as written
 */
public record StatesAsWritten(Graph graph, SortedMap<String, Integer> states) {
  public StatesAsWritten {
    states = Collections.unmodifiableSortedMap(new TreeMap<>(states));
  }

  /** The same without values that nothing reads. */
  public StatesAsWritten pruned() {
    GraphBuilder kept = new GraphBuilder();
    GraphCopy copy = new GraphCopy(graph, kept, node -> -1);
    SortedMap<String, Integer> copied = new TreeMap<>();
    states.forEach((path, node) -> copied.put(path, copy.copy(node)));
    return new StatesAsWritten(kept.build(), copied);
  }

  public static StatesAsWritten of(NormalForm form) {
    return of(form, 1);
  }

  /** The other way: the states that forms keep, made of those that the equations speak of. */
  public static StatesAsWritten inverse(NormalForm form) {
    return of(form, -1);
  }

  private static StatesAsWritten of(NormalForm form, int sign) {
    RecurrenceCall call = form.call();
    Span span = call.span();
    GraphBuilder graph = new GraphBuilder();
    GraphCopy copy = new GraphCopy(call.body(), graph, node -> -1);
    SortedMap<String, Integer> states = new TreeMap<>();
    for (NormalForm.Equation equation : form.equations()) {
      RecurrenceCall.State state = equation.state();
      List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
      axes.addAll(state.axes());
      int kept = graph.state(state.path(), axes, span);
      int written = kept;
      if (RotationRemoval.isMoved(equation.decay())) {
        Rotation rotation = equation.decay().rotation().get();
        int made = graph.input(Inputs.POSITION, List.of(Axis.BATCH), Precision.WIDE, span);
        // The first step's position is 0: its write is not turned.
        int since = graph.pointwise(Function.SUBTRACT, span, made, graph.literal(1, span));
        int turns = graph.multiply(graph.literal(sign, span), since, span);
        int angle = graph.multiply(copy.copy(rotation.angle()), turns, span);
        written = graph.turn(kept, angle, rotation.axis(), rotation.pair(), span);
      }
      states.put(state.path(), written);
    }
    return new StatesAsWritten(graph.build(), states);
  }
}
