package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.Algebra;
import dev.retain.compiler.evaluation.RealNumbers;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * How far a form is from the steps, in float64 on random inputs: the largest difference.
 *
 * @param length of the sequence
 * @param chunk how long its chunks are; the last one is shorter
 * @param output of the outputs
 * @param outputRelative the same, in relation to the largest output of the steps
 * @param states of the states after the last step in relation to each state's largest element, by
 *     name
 */
public record Measured(
    int length, int chunk, double output, double outputRelative, Map<String, Double> states) {
  private static final int LENGTH = 60;
  private static final int CHUNK = 16;
  private static final long SEED = 7;

  public Measured {
    states = java.util.Collections.unmodifiableMap(new TreeMap<>(states));
  }

  /** Inputs of steps are normally distributed; what does not change is between 1/2 and 1. */
  public static Measured of(RecurrenceUse use, FormUnderProof form) {
    Claim claim = new Claim(use, form, false);
    int chunk = claim.isOfSteps() ? 1 : form.isFromRest() ? LENGTH : CHUNK;
    NumberDraw draw = new NumberDraw();
    Comparison<Double> comparison =
        claim.comparison(false, Arrangement.whole(LENGTH), List.of(Start.REST), draw);
    Map<String, Double> states = new TreeMap<>();
    double[] output = new double[2];
    for (int length = chunk; ; length = Math.min(length + chunk, LENGTH)) {
      boolean isLast = length == LENGTH;
      comparison.each(
          length,
          chunk,
          (state, expected, actual) -> {
            double difference = largest(expected, actual);
            double size = largest(expected, expected.stream().map(e -> 0.0).toList());
            if (state.isEmpty()) {
              output[0] = Math.max(output[0], difference);
              output[1] = Math.max(output[1], size);
            } else if (isLast) {
              states.put(state.get(), relative(difference, size));
            }
          });
      if (isLast) {
        return new Measured(LENGTH, chunk, output[0], relative(output[0], output[1]), states);
      }
    }
  }

  private static double relative(double difference, double size) {
    return difference == 0 ? 0 : difference / size;
  }

  /** NaN if anything is no number. */
  private static double largest(List<Double> left, List<Double> right) {
    double largest = 0;
    for (int i = 0; i < left.size(); i++) {
      largest = Math.max(largest, Math.abs(left.get(i) - right.get(i)));
    }
    return largest;
  }

  /** In words, on one line. */
  public String text() {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "measured on %d random steps%s, float64: the output is %.1e off (relative %.1e)",
                length,
                chunk < length ? " in chunks of " + chunk : "",
                output,
                outputRelative));
    states.forEach((name, difference) ->
        text.append(String.format(Locale.ROOT, ", `%s` relative %.1e", name, difference)));
    return text.toString();
  }

  private static final class NumberDraw implements Draw<Double> {
    private final Random random = new Random(SEED);

    @Override
    public Algebra<Double> algebra() {
      return RealNumbers.INSTANCE;
    }

    @Override
    public Double input(RecurrenceCall.Input input) {
      return input.role() == Role.IN ? random.nextGaussian() : (1 + random.nextDouble()) / 2;
    }

    @Override
    public Double state() {
      return random.nextGaussian();
    }

    @Override
    public Double position() {
      return 0.0;
    }

    @Override
    public int row(int rows) {
      return random.nextInt(rows);
    }

    @Override
    public boolean same(Double left, Double right) {
      return left.equals(right);
    }

    @Override
    public boolean isUndefined(Double number) {
      return !Double.isFinite(number);
    }
  }
}
