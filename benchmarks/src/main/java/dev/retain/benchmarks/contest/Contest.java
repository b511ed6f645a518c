package dev.retain.benchmarks.contest;

import dev.retain.runtime.RetainException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Lets contestants do the same task in turns. */
public final class Contest {
  /** Threads of native libraries go on spinning for so long when they have nothing to do. */
  public static final int REST_OF_LIBRARIES = 250;

  private static final double SAME = 1e-3;

  private final Effort effort;
  private final Path logs;
  private final int restMilliseconds;

  /**
   * @param logs the folder for what contestants write
   * @param restMilliseconds before each turn
   */
  public Contest(Effort effort, Path logs, int restMilliseconds) {
    this.effort = effort;
    this.logs = logs;
    this.restMilliseconds = restMilliseconds;
  }

  /**
   * Runs it.
   *
   * @return the standings in the order of the contestants; one that cannot run, or computes
   *     something else than the first, has failed
   */
  public List<Standing> run(List<Contestant> contestants) {
    SequencedMap<Contestant, Child> children = new LinkedHashMap<>();
    Map<Contestant, String> failures = new LinkedHashMap<>();
    try {
      for (Contestant contestant : contestants) {
        attempt(contestant, failures, () -> children.put(contestant, start(contestant)));
      }
      Map<Contestant, List<Child.Round>> warmUps = rounds(children, failures, effort::isWarmUpDue);
      Map<Contestant, List<Child.Round>> counted = rounds(children, failures, effort::isRoundDue);
      if (children.size() > 1) {
        compareSamples(children, failures);
      }
      return contestants.stream()
          .map(contestant ->
              failures.containsKey(contestant)
                  ? Standing.failed(contestant.name(), failures.get(contestant))
                  : standing(
                      children.get(contestant), warmUps.get(contestant), counted.get(contestant)))
          .toList();
    } finally {
      children.values().forEach(Child::close);
    }
  }

  private Child start(Contestant contestant) {
    String file = contestant.name().replaceAll("[^A-Za-z0-9]+", "-") + ".log";
    return new Child(contestant, logs.resolve(file));
  }

  private static Standing standing(
      Child child, List<Child.Round> warmUps, List<Child.Round> rounds) {
    Child.Start start = child.start();
    return new Standing(
        child.contestant().name(),
        start.making(),
        start.first(),
        medians(warmUps),
        rounds.isEmpty() ? List.of(start.first()) : medians(rounds),
        rounds.stream().mapToDouble(Child.Round::least).min().orElse(start.first()),
        start.amount(),
        "");
  }

  private static List<Double> medians(List<Child.Round> rounds) {
    return rounds.stream().map(Child.Round::median).toList();
  }

  /** Whether there is a round more. */
  @FunctionalInterface
  private interface Due {
    boolean after(int made, double spent);
  }

  private Map<Contestant, List<Child.Round>> rounds(
      Map<Contestant, Child> children, Map<Contestant, String> failures, Due due) {
    Map<Contestant, List<Child.Round>> all = new LinkedHashMap<>();
    children.keySet().forEach(contestant -> all.put(contestant, new ArrayList<>()));
    boolean isOneRunEnough =
        children.values().stream().anyMatch(child -> effort.isOneRunEnough(child.start().first()));
    double spent = 0;
    for (int round = 0; !isOneRunEnough && due.after(round, spent); round++) {
      children.forEach((contestant, child) -> {
        if (children.size() > 1) {
          rest();
        }
        attempt(
            contestant,
            failures,
            () -> all.get(contestant).add(child.round(effort.milliseconds())));
      });
      spent =
          all.values().stream()
              .mapToDouble(rounds -> rounds.stream().mapToDouble(Child.Round::took).sum())
              .max()
              .orElse(0);
    }
    return all;
  }

  private static void attempt(
      Contestant contestant, Map<Contestant, String> failures, Runnable action) {
    if (failures.containsKey(contestant)) {
      return;
    }
    try {
      action.run();
    } catch (RetainException e) {
      failures.put(contestant, e.getMessage());
    }
  }

  /** All must have done the same as the first, unless it has nothing to be held against. */
  private static void compareSamples(
      SequencedMap<Contestant, Child> children, Map<Contestant, String> failures) {
    List<double[]> first = new ArrayList<>();
    children.forEach((contestant, child) ->
        attempt(
            contestant,
            failures,
            () -> {
              double[] sample = child.sample();
              if (first.isEmpty()) {
                first.add(sample);
              } else if (first.getFirst().length > 0) {
                requireSame(contestant, first.getFirst(), sample);
              }
            }));
  }

  private static void requireSame(Contestant contestant, double[] expected, double[] found) {
    double largest = 0;
    double difference = expected.length == found.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(expected.length, found.length); i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(expected[i] - found[i]));
    }
    if (!(difference <= SAME * largest)) {
      throw new RetainException(
          "%s computes something else: a difference of %.1e, where numbers are up to %.1e"
              .formatted(contestant.name(), difference, largest));
    }
  }

  private void rest() {
    try {
      Thread.sleep(restMilliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
