package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.evaluation.Tensor;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Sequences for a recurrence at one point.
 *
 * @param inputs by name: [batch, time, ...] for what is new at each step, else [...]
 * @param kept the states of a form before the first step, by name: [batch, ...]
 * @param made for each sequence how many steps it has made before the first one
 * @param rests for each sequence whether it begins with the initial states
 */
record Sequences<N>(
    Draw<N> draw,
    Arrangement arrangement,
    Map<String, Tensor<N>> inputs,
    Map<String, Tensor<N>> kept,
    List<N> made,
    List<Boolean> rests) {

  /** Each sequence of the arrangement once from each of the starts. */
  static <N> Sequences<N> draw(
      RecurrenceUse use,
      List<FormUnderProof.Kept> kept,
      Arrangement arrangement,
      List<Start> starts,
      Draw<N> draw) {
    Arrangement repeated = arrangement.repeated(starts.size());
    Map<String, Tensor<N>> inputs = new HashMap<>();
    for (RecurrenceCall.Input input : use.call().inputs()) {
      inputs.put(input.name(), input(use, input, repeated, draw));
    }
    Map<String, Tensor<N>> states = new HashMap<>();
    for (FormUnderProof.Kept state : kept) {
      List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
      axes.addAll(state.axes());
      List<N> elements = new ArrayList<>();
      int own = Tensor.count(state.axes().stream().map(Axis::size).toList());
      for (int i = 0; i < own * repeated.sequences(); i++) {
        elements.add(
            start(starts, i / own) == Start.REST
                ? draw.algebra().number(state.initial())
                : draw.state());
      }
      states.put(state.name(), new Tensor<>(axes, sizes(axes, repeated), elements));
    }
    List<N> made = new ArrayList<>();
    List<Boolean> rests = new ArrayList<>();
    for (int b = 0; b < repeated.sequences(); b++) {
      made.add(start(starts, b) == Start.LATER ? draw.position() : draw.algebra().number(0));
      rests.add(start(starts, b) == Start.REST);
    }
    return new Sequences<>(draw, repeated, inputs, states, made, rests);
  }

  private static Start start(List<Start> starts, int sequence) {
    return starts.get(sequence % starts.size());
  }

  private static <N> Tensor<N> input(
      RecurrenceUse use, RecurrenceCall.Input input, Arrangement arrangement, Draw<N> draw) {
    List<Axis> axes = new ArrayList<>();
    if (input.role() == Role.IN) {
      axes.addAll(List.of(Axis.BATCH, Axis.TIME));
    }
    axes.addAll(input.axes());
    Double given = use.numbers().get(input.name());
    Supplier<N> elements;
    if (given != null) {
      elements = () -> draw.algebra().number(given);
    } else if (use.precision(input.name()) == Precision.WHOLE) {
      int rows = smallestTable(use.call());
      elements = () -> draw.algebra().number(draw.row(rows));
    } else {
      elements = () -> draw.input(input);
    }
    return Tensor.of(axes, sizes(axes, arrangement), elements);
  }

  private static int smallestTable(RecurrenceCall call) {
    return call.body().nodes().stream()
        .map(Node::operation)
        .filter(Operation.Gather.class::isInstance)
        .mapToInt(gather -> ((Operation.Gather) gather).axis().size())
        .min()
        .orElse(1);
  }

  private static List<Integer> sizes(List<Axis> axes, Arrangement arrangement) {
    List<Integer> sizes = new ArrayList<>();
    for (Axis axis : axes) {
      sizes.add(
          axis.equals(Axis.BATCH)
              ? arrangement.sequences()
              : axis.equals(Axis.TIME) ? arrangement.steps() : axis.size());
    }
    return sizes;
  }

  /** How many steps each sequence has made before this one of the block: [batch]. */
  Tensor<N> position(int step) {
    List<N> positions = new ArrayList<>();
    for (int b = 0; b < made.size(); b++) {
      positions.add(
          draw.algebra().add(made.get(b), draw.algebra().number(arrangement.counted(b, 0, step))));
    }
    return new Tensor<>(List.of(Axis.BATCH), List.of(made.size()), positions);
  }
}
