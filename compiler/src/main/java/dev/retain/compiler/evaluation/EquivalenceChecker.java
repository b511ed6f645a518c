package dev.retain.compiler.evaluation;

import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.runtime.program.Form;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Holds the forms of a recurrence against its steps as they are written, at random points: outputs
 * and end states, of sequences that are whole or ragged, from rest and from any state, for all
 * lengths to 9 and every way to cut them into chunks of some lengths. This tests, and proves
 * nothing.
 */
public final class EquivalenceChecker {
  /** The lengths of sequences that are tried: from 1 to this one. */
  public static final int LENGTH = Trial.LENGTH;

  /** The lengths of chunks that are tried. */
  public static final List<Integer> CHUNKS = List.of(1, 2, 3, 4);

  private static final double TOLERANCE = 1e-10;

  private final RecurrenceUse use;
  private final NormalForm normal;
  private final FormPrograms programs;
  private double largest;

  private EquivalenceChecker(RecurrenceUse use, FormPrograms programs) {
    this.use = use;
    this.normal = use.normalForm();
    this.programs = programs;
  }

  /** What came out. */
  public sealed interface Outcome {
    /**
     * No difference was found.
     *
     * @param difference the largest one, relative to the largest magnitude of its tensor
     */
    record Tested(double difference) implements Outcome {}

    /** The forms are not the same. */
    record Differs(Difference difference) implements Outcome {}

    /** The recurrence has no finite values at the points that were tried. */
    record Undefined() implements Outcome {}
  }

  /**
   * Where a form is not what it should be.
   *
   * @param chunk the length of its chunks, for the chunkwise form
   * @param position the step within the sequence, from 0
   * @param state the name of the state that differs after the last step; empty for an output
   */
  public record Difference(
      Form form,
      boolean ragged,
      int length,
      int chunk,
      int position,
      Optional<String> state,
      double expected,
      double actual) {}

  private static final class Found extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Difference difference;

    Found(Difference difference) {
      super(difference.toString());
      this.difference = difference;
    }
  }

  /** Compares the forms that {@link RecurrenceUse#derive} gives. */
  public static Outcome check(RecurrenceUse use, List<Form> forms) {
    return check(use, forms, use::derive);
  }

  public static Outcome check(RecurrenceUse use, List<Form> forms, FormPrograms programs) {
    EquivalenceChecker checker = new EquivalenceChecker(use, programs);
    boolean defined = true;
    try {
      for (boolean ragged : List.of(false, true)) {
        boolean anySign = checker.check(forms, ragged, Trial.anySign(use, ragged));
        boolean positive = checker.check(forms, ragged, Trial.positive(use, ragged));
        defined &= anySign || positive;
      }
    } catch (Found found) {
      return new Outcome.Differs(found.difference);
    }
    return defined ? new Outcome.Tested(checker.largest) : new Outcome.Undefined();
  }

  /** Whether all values of the recurrence were finite, and so all were compared. */
  private boolean check(List<Form> forms, boolean ragged, Trial trial) throws Found {
    Expected expected = new Expected(trial, ragged);
    for (Form form : forms) {
      BlockRunner runner = new BlockRunner(use, programs.program(form, ragged), trial);
      switch (form) {
        case RECURRENT -> chunks(form, 1, expected, runner);
        case PARALLEL -> {
          for (int length = 1; length <= LENGTH; length++) {
            BlockRunner.Result result = runner.run(0, length, trial.states());
            expected.compare(form, length, 0, 0, length, result);
          }
        }
        case CHUNKWISE -> {
          for (int chunk : CHUNKS) {
            chunks(form, chunk, expected, runner);
          }
        }
      }
    }
    return expected.isFinite();
  }

  /** All lengths at once: a sequence of any length ends in one chunk, whole or not. */
  private void chunks(Form form, int chunk, Expected expected, BlockRunner runner) throws Found {
    Map<String, Tensor<Double>> states = expected.trial.states();
    for (int from = 0; from < LENGTH; from += chunk) {
      Map<String, Tensor<Double>> after = states;
      for (int to = from + 1; to <= Math.min(from + chunk, LENGTH); to++) {
        BlockRunner.Result result = runner.run(from, to, states);
        expected.compare(form, to, chunk, from, to, result);
        after = result.states();
      }
      states = after;
    }
  }

  /** What a trial should give: what the steps as written give. */
  private final class Expected {
    private final Trial trial;
    private final boolean ragged;
    private final StatesAsWritten asWritten = StatesAsWritten.of(normal);
    private final WrittenSteps steps;
    private final double outputScale;
    private final Map<String, Double> stateScales = new HashMap<>();

    Expected(Trial trial, boolean ragged) {
      this.trial = trial;
      this.ragged = ragged;
      Map<String, Tensor<Double>> initial =
          BlockRunner.asWritten(asWritten, trial, 0, trial.states());
      this.steps = new WrittenSteps(use.call(), trial, initial);
      this.outputScale = scale(steps.outputs().stream().flatMap(List::stream));
      for (RecurrenceCall.State state : use.call().states()) {
        stateScales.put(
            state.name(),
            scale(
                steps.states().stream()
                    .flatMap(List::stream)
                    .map(states -> states.get(state.name()))));
      }
    }

    private static double scale(Stream<Tensor<Double>> tensors) {
      double largest =
          tensors
              .filter(Objects::nonNull)
              .flatMap(tensor -> tensor.elements().stream())
              .filter(Double::isFinite)
              .mapToDouble(Math::abs)
              .max()
              .orElse(0);
      return largest == 0 ? 1 : largest;
    }

    boolean isFinite() {
      Stream<Tensor<Double>> states =
          steps.states().stream().flatMap(List::stream).flatMap(s -> s.values().stream());
      return Stream.concat(steps.outputs().stream().flatMap(List::stream), states)
          .filter(Objects::nonNull)
          .allMatch(tensor -> tensor.elements().stream().allMatch(Double::isFinite));
    }

    void compare(Form form, int length, int chunk, int from, int to, BlockRunner.Result result)
        throws Found {
      Map<String, Tensor<Double>> states =
          BlockRunner.asWritten(asWritten, trial, to, result.states());
      for (int b = 0; b < trial.batch(); b++) {
        Tensor<Double> outputs = result.output().at(Axis.BATCH, b);
        for (int t = from; t < to; t++) {
          Tensor<Double> expected = steps.outputs().get(b).get(t);
          if (expected != null) {
            Place place = new Place(form, length, chunk, t, Optional.empty());
            compare(place, outputScale, expected, outputs.at(Axis.TIME, t - from));
          }
        }
        for (RecurrenceCall.State state : use.call().states()) {
          String name = state.name();
          compare(
              new Place(form, length, chunk, to - 1, Optional.of(name)),
              stateScales.get(name),
              steps.states().get(b).get(to - 1).get(name),
              states.get(name).at(Axis.BATCH, b));
        }
      }
    }

    private record Place(Form form, int length, int chunk, int position, Optional<String> state) {}

    private void compare(Place place, double scale, Tensor<Double> expected, Tensor<Double> actual)
        throws Found {
      for (int i = 0; i < expected.elements().size(); i++) {
        double right = expected.elements().get(i);
        double value = actual.elements().get(i);
        double difference = Math.abs(value - right) / scale;
        if (!Double.isFinite(right)) {
          continue;
        }
        // Not `>`: a value that is no number differs, too.
        if (!(difference <= TOLERANCE)) {
          throw new Found(
              new Difference(
                  place.form(),
                  ragged,
                  place.length(),
                  place.chunk(),
                  place.position(),
                  place.state(),
                  right,
                  value));
        }
        largest = Math.max(largest, difference);
      }
    }
  }
}
