package dev.retain.benchmarks.contest;

import java.util.Arrays;
import java.util.List;

/**
 * What a contestant did, in nanoseconds for one run of the task.
 *
 * @param making what is done once, before the first run
 * @param first the first run
 * @param warmUps the medians of the rounds before those that count
 * @param rounds the medians of those that count
 * @param fastest the fastest run of all that count, which other processes disturbed least
 * @param amount how much one run does, of what is counted
 * @param failure why there is nothing else; empty if there is
 */
public record Standing(
    String name,
    double making,
    double first,
    List<Double> warmUps,
    List<Double> rounds,
    double fastest,
    double amount,
    String failure) {
  public Standing {
    warmUps = List.copyOf(warmUps);
    rounds = List.copyOf(rounds);
  }

  static Standing failed(String name, String why) {
    return new Standing(name, 0, 0, List.of(), List.of(), 0, 0, why);
  }

  public boolean hasFailed() {
    return !failure.isEmpty();
  }

  public double median() {
    return median(rounds);
  }

  /** The worst round. */
  public double most() {
    return rounds.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
  }

  /** How many times as long another contestant took, in each pair of rounds. */
  public List<Double> ratios(Standing other) {
    Double[] ratios = new Double[Math.min(rounds.size(), other.rounds.size())];
    Arrays.setAll(ratios, i -> other.rounds.get(i) / rounds.get(i));
    return List.of(ratios);
  }

  public static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
