package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.PositiveRatio;
import dev.retain.compiler.recurrence.PositiveRatios;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.runtime.program.Inputs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The states that a recurrence's equations speak of, made of those that its forms keep. They are
 * the same but for rotations, which forms move to what is written and read, and for states that are
 * kept over the exponential of a running maximum.
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
    return new Conversion(form, 1).states();
  }

  /** The other way: the states that forms keep, made of those that the equations speak of. */
  public static StatesAsWritten inverse(NormalForm form) {
    return new Conversion(form, -1).states();
  }

  /** One of both ways: angles and exponents have this sign. */
  private static final class Conversion {
    private final NormalForm form;
    private final int sign;
    private final Span span;
    private final GraphBuilder graph = new GraphBuilder();
    private final GraphCopy copy;
    private final SortedMap<String, Integer> states = new TreeMap<>();

    Conversion(NormalForm form, int sign) {
      this.form = form;
      this.sign = sign;
      this.span = form.call().span();
      this.copy = new GraphCopy(form.call().body(), graph, node -> -1);
    }

    StatesAsWritten states() {
      PositiveRatios ratios = FormDerivation.ratios(form.call()).orElseThrow();
      for (int s = 0; s < form.equations().size(); s++) {
        RecurrenceCall.State state = form.equations().get(s).state();
        int value = state(state);
        Optional<PositiveRatio> ratio = ratios.ofState(s);
        if (ratio.isPresent()) {
          value = graph.multiply(value, exponential(ratio.get()), span);
        }
        states.put(state.path(), turned(value, form.equations().get(s)));
      }
      return new StatesAsWritten(graph.build(), states);
    }

    private int state(RecurrenceCall.State state) {
      List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
      axes.addAll(state.axes());
      return graph.state(state.path(), axes, span);
    }

    private int turned(int value, NormalForm.Equation equation) {
      if (!RotationRemoval.isMoved(equation.decay())) {
        return value;
      }
      Rotation rotation = equation.decay().rotation().get();
      int made = graph.input(Inputs.POSITION, List.of(Axis.BATCH), Precision.WIDE, span);
      // The first step's position is 0: its write is not turned.
      int since = graph.pointwise(Function.SUBTRACT, span, made, graph.literal(1, span));
      int turns = graph.multiply(graph.literal(sign, span), since, span);
      int angle = graph.multiply(copy.copy(rotation.angle()), turns, span);
      return graph.turn(value, angle, rotation.axis(), rotation.pair(), span);
    }

    /** What the states of the group are multiplied with. */
    private int exponential(PositiveRatio ratio) {
      RecurrenceCall.State maximum = ratio.maximum(form.call());
      int exponent = sign > 0 ? state(maximum) : logarithm(ratio);
      if (sign < 0) {
        states.put(maximum.path(), exponent);
      }
      int signed = graph.multiply(graph.literal(sign, span), exponent, span);
      return graph.pointwise(Function.EXP, span, signed);
    }

    /** Of the largest element that has the same maximum, as it will be stored. */
    private int logarithm(PositiveRatio ratio) {
      int largest = graph.literal(0, span);
      for (int s : ratio.states()) {
        RecurrenceCall.State state = form.equations().get(s).state();
        List<Axis> others = BlockGraph.without(state.axes(), ratio.axes());
        int size = graph.pointwise(Function.ABS, span, state(state));
        int each = graph.reduce(Reduction.MAXIMUM, size, others, span);
        largest = graph.pointwise(Function.MAX, span, largest, each);
      }
      int exponent =
          graph.pointwise(
              Function.SELECT,
              span,
              largest,
              graph.pointwise(Function.ROUND, span, graph.pointwise(Function.LOG, span, largest)),
              graph.literal(PositiveRatio.LEAST, span));
      // Any other exponent would do, as for maxima within the forms: none changes a result.
      return graph.pointwise(Function.STOP_GRADIENT, span, exponent);
    }
  }
}
