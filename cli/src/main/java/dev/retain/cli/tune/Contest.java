package dev.retain.cli.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures several ways to do the same work in turns, so that what slows the machine down for a
 * while slows down all of them. The first one is what others are compared with.
 */
final class Contest {
  /** One that is no faster than this is not worth a choice of its own. */
  private static final double WORTH = 1.03;

  /** Of several runs in a round the best one counts, which was disturbed least. */
  private static final int RUNS = 2;

  private static final double NANOSECONDS = 1e9;

  private final int rounds;
  private final Runnable tick;

  /**
   * @param tick is told of everything that was measured
   */
  Contest(int rounds, Runnable tick) {
    this.rounds = rounds;
    this.tick = tick;
  }

  /**
   * What came out.
   *
   * @param seconds of a run: the median of all rounds
   * @param ratio how many times as fast as the first: the median of all rounds
   * @param isClear whether it is faster beyond doubt, and by so much that it is worth a choice
   */
  record Result(double seconds, double ratio, boolean isClear) {}

  /** How often {@code tick} is told. */
  static int ticks(int contestants, int rounds) {
    return contestants * (rounds + 1);
  }

  /** A result for each, in their order. */
  List<Result> run(List<Runnable> contestants) {
    for (Runnable contestant : contestants) {
      WarmUp.of(contestant);
      tick.run();
    }
    double[][] seconds = new double[contestants.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < contestants.size(); i++) {
        // Each comes first once, and is followed by each of the others.
        int one = (i + round) % contestants.size();
        seconds[one][round] = seconds(contestants.get(one));
        tick.run();
      }
    }
    List<Result> results = new ArrayList<>();
    for (double[] own : seconds) {
      results.add(result(seconds[0], own));
    }
    return results;
  }

  static Result result(double[] first, double[] own) {
    double[] ratios = new double[own.length];
    Arrays.setAll(ratios, round -> first[round] / own[round]);
    long faster = Arrays.stream(ratios).filter(ratio -> ratio > 1).count();
    double ratio = median(ratios);
    return new Result(median(own), ratio, ratio >= WORTH && 4 * faster >= 3L * ratios.length);
  }

  private static double seconds(Runnable work) {
    long best = Long.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      long start = System.nanoTime();
      work.run();
      best = Math.min(best, System.nanoTime() - start);
    }
    return best / NANOSECONDS;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
