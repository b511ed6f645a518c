package dev.retain.benchmarks.report;

import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.work.Task;
import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * How the time of reading grows with the length of the prompt: as the length to the power of an
 * exponent, the one that fits the logarithms of all times best.
 */
public final class Growth {
  private record Point(int tokens, double nanoseconds) {}

  private final List<Point> points = new ArrayList<>();

  /** Adds a length, if it was read. */
  public void add(Task.Prefill task, Standing standing) {
    if (!standing.hasFailed()) {
      points.add(new Point(task.tokens(), standing.median()));
    }
  }

  /** No number of fewer than two lengths. */
  public double exponent() {
    double meanTokens = points.stream().mapToDouble(p -> Math.log(p.tokens)).average().orElse(0);
    double meanTime = points.stream().mapToDouble(p -> Math.log(p.nanoseconds)).average().orElse(0);
    double both = 0;
    double square = 0;
    for (Point point : points) {
      double tokens = Math.log(point.tokens) - meanTokens;
      both += tokens * (Math.log(point.nanoseconds) - meanTime);
      square += tokens * tokens;
    }
    return both / square;
  }

  /** For people. */
  public Table table() {
    Table table = new Table("tokens", "time", "time of a token", "exponent of all");
    for (Point point : points) {
      table.row(
          Quantity.count(point.tokens),
          ContestTable.time(point.nanoseconds),
          ContestTable.time(point.nanoseconds / point.tokens),
          point == points.getLast() ? Quantity.decimal(exponent(), 3) : "");
    }
    return table;
  }
}
