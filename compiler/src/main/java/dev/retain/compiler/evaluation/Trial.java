package dev.retain.compiler.evaluation;

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
import java.util.Random;
import java.util.function.Supplier;

/**
 * Random sequences for a recurrence.
 *
 * @param inputs by name: [batch, time, ...] for what is new at each step, else [...]
 * @param states before the first step, by name: [batch, ...]
 * @param valid for each sequence and step whether it counts
 * @param reset for each sequence and step whether it begins anew
 */
record Trial(
    String name,
    Map<String, Tensor<Double>> inputs,
    Map<String, Tensor<Double>> states,
    boolean[][] valid,
    boolean[][] reset) {
  static final int LENGTH = 9;

  // From rest, and from any state.
  private static final List<String> WHOLE = List.of(".........", ".........");
  // Padding before, within and behind; sequences packed behind others; both at once. `r` is a
  // reset, `-` padding, `R` a reset at padding.
  private static final List<String> RAGGED = List.of("--..-...-", "r..r...r.", "..R-..rR.");

  /** Numbers of any sign, some of them 0 where a decay may stand. */
  static Trial anySign(RecurrenceUse use, boolean ragged) {
    return new Draw(use, ragged, true).trial("numbers of any sign");
  }

  /** Positive numbers, for functions that are defined there only. */
  static Trial positive(RecurrenceUse use, boolean ragged) {
    return new Draw(use, ragged, false).trial("positive numbers");
  }

  int batch() {
    return valid.length;
  }

  /** How many of its first steps each sequence has made: [batch]. */
  Tensor<Double> position(int steps) {
    List<Double> made = new ArrayList<>();
    for (boolean[] sequence : valid) {
      made.add((double) count(sequence, 0, steps));
    }
    return new Tensor<>(List.of(Axis.BATCH), List.of(batch()), made);
  }

  static int count(boolean[] steps, int from, int to) {
    int count = 0;
    for (int t = from; t < to; t++) {
      count += steps[t] ? 1 : 0;
    }
    return count;
  }

  private static final class Draw {
    private static final double LEAST = 0.2;
    private final Random random = new Random(20260218);
    private final RecurrenceUse use;
    private final List<String> patterns;
    private final boolean anySign;

    Draw(RecurrenceUse use, boolean ragged, boolean anySign) {
      this.use = use;
      this.patterns = ragged ? RAGGED : WHOLE;
      this.anySign = anySign;
    }

    Trial trial(String name) {
      Map<String, Tensor<Double>> inputs = new HashMap<>();
      use.call().inputs().forEach(input -> inputs.put(input.name(), input(input)));
      Map<String, Tensor<Double>> states = new HashMap<>();
      use.call().states().forEach(state -> states.put(state.name(), state(state)));
      return new Trial(name, inputs, states, steps(".r"), steps("rR"));
    }

    private boolean[][] steps(String marks) {
      boolean[][] steps = new boolean[patterns.size()][LENGTH];
      for (int b = 0; b < steps.length; b++) {
        for (int t = 0; t < LENGTH; t++) {
          steps[b][t] = marks.indexOf(patterns.get(b).charAt(t)) >= 0;
        }
      }
      return steps;
    }

    private Tensor<Double> input(RecurrenceCall.Input input) {
      List<Axis> axes = new ArrayList<>();
      List<Integer> sizes = new ArrayList<>();
      if (input.role() == Role.IN) {
        axes.addAll(List.of(Axis.BATCH, Axis.TIME));
        sizes.addAll(List.of(patterns.size(), LENGTH));
      }
      axes.addAll(input.axes());
      input.axes().forEach(axis -> sizes.add(axis.size()));
      Double given = use.numbers().get(input.name());
      if (given != null) {
        return Tensor.of(axes, sizes, () -> given);
      }
      if (use.precision(input.name()) == Precision.WHOLE) {
        int rows = smallestTable();
        return Tensor.of(axes, sizes, () -> (double) random.nextInt(rows));
      }
      if (input.role() == Role.IN || !anySign) {
        return Tensor.of(axes, sizes, this::number);
      }
      // One in three elements of what does not change is 0, as a decay may be.
      Supplier<Double> elements =
          new Supplier<>() {
            private int count;

            @Override
            public Double get() {
              return count++ % 3 == 1 ? 0.0 : number();
            }
          };
      return Tensor.of(axes, sizes, elements);
    }

    private int smallestTable() {
      return use.call().body().nodes().stream()
          .map(Node::operation)
          .filter(Operation.Gather.class::isInstance)
          .mapToInt(gather -> ((Operation.Gather) gather).axis().size())
          .min()
          .orElse(1);
    }

    private Tensor<Double> state(RecurrenceCall.State state) {
      List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
      axes.addAll(state.axes());
      List<Integer> sizes = new ArrayList<>(List.of(patterns.size()));
      state.axes().forEach(axis -> sizes.add(axis.size()));
      int own = Tensor.count(sizes) / patterns.size();
      List<Double> elements = new ArrayList<>();
      for (int i = 0; i < own * patterns.size(); i++) {
        elements.add(i < own ? Double.valueOf(state.initial()) : number());
      }
      return new Tensor<>(axes, sizes, elements);
    }

    private Double number() {
      double size = LEAST + (1 - LEAST) * random.nextDouble();
      return anySign && random.nextBoolean() ? -size : size;
    }
  }
}
