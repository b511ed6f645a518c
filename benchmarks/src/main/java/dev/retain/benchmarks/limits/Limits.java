package dev.retain.benchmarks.limits;

import dev.retain.benchmarks.contest.Contest;
import dev.retain.benchmarks.contest.Contestant;
import dev.retain.benchmarks.contest.Jvm;
import dev.retain.benchmarks.contest.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Measures what the machine can do. */
public final class Limits {
  private Limits() {}

  /**
   * A limit as it was measured.
   *
   * @param processors that worked on it
   * @param standing of the one contestant
   */
  public record Measured(Limit limit, int processors, Standing standing) {
    /** In the limit's unit; the median of the rounds. */
    public double value() {
      return standing.amount() / standing.median();
    }
  }

  /** Each limit in a fresh JVM, on one processor and on all. */
  public static List<Measured> measure(Contest contest) {
    List<Measured> measured = new ArrayList<>();
    int all = Runtime.getRuntime().availableProcessors();
    for (Limit limit : Limit.values()) {
      for (int processors : IntStream.of(1, all).distinct().toArray()) {
        Standing standing = contest.run(List.of(contestant(limit, processors))).getFirst();
        measured.add(new Measured(limit, processors, standing));
      }
    }
    return measured;
  }

  private static Contestant contestant(Limit limit, int processors) {
    List<String> arguments = List.of(limit.toString(), Integer.toString(processors));
    return new Contestant(
        limit + " on " + processors,
        Jvm.same(LimitMain.class, arguments),
        Map.of("OMP_NUM_THREADS", Integer.toString(processors)));
  }
}
