package dev.retain.benchmarks.report;

import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.work.Task;
import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import java.util.Collections;
import java.util.List;

/** One task for people. */
public final class ContestTable {
  private static final double MICROSECOND = 1e3;
  private static final double MILLISECOND = 1e6;
  private static final double SECOND = 1e9;

  private ContestTable() {}

  /** Whose first contestant is the one that others are compared with. */
  public static Table of(Task task, List<Standing> standings) {
    Standing first = standings.getFirst();
    Table table =
        new Table(
            "who",
            "median",
            "best run",
            "worst round",
            "first run",
            "speed",
            "times as long",
            "by the best run");
    for (Standing standing : standings) {
      if (standing.hasFailed()) {
        table.row(standing.name(), "", "", "", "", "", "", standing.failure());
      } else {
        table.row(
            standing.name(),
            time(standing.median()),
            time(standing.fastest()),
            time(standing.most()),
            time(standing.first()),
            speed(task, standing),
            first.hasFailed() ? "" : ratio(first, standing),
            first.hasFailed() ? "" : Quantity.decimal(standing.fastest() / first.fastest(), 2));
      }
    }
    return table;
  }

  private static String ratio(Standing first, Standing standing) {
    if (standing == first) {
      return "1";
    }
    List<Double> ratios = first.ratios(standing);
    return "%s (%s to %s)"
        .formatted(
            Quantity.decimal(Standing.median(ratios), 2),
            Quantity.decimal(Collections.min(ratios), 2),
            Quantity.decimal(Collections.max(ratios), 2));
  }

  private static String speed(Task task, Standing standing) {
    return switch (task) {
      case Task.Core _, Task.Product _ ->
          Quantity.decimal(task.operations() / standing.median(), 1) + " GFLOPS";
      case Task.Step _ -> Quantity.decimal(SECOND / standing.median(), 0) + " steps/s";
      case Task.Decoding _ ->
          "%s tokens/s, %s GB/s"
              .formatted(
                  Quantity.decimal(SECOND / standing.median(), 0),
                  Quantity.decimal(standing.amount() / standing.median(), 1));
      case Task.Prefill _ ->
          Quantity.decimal(standing.amount() * SECOND / standing.median(), 0) + " tokens/s";
    };
  }

  /** In a unit that suits it. */
  static String time(double nanoseconds) {
    if (nanoseconds < MILLISECOND) {
      return Quantity.decimal(nanoseconds / MICROSECOND, 1) + " us";
    }
    return nanoseconds < SECOND
        ? Quantity.decimal(nanoseconds / MILLISECOND, 2) + " ms"
        : Quantity.decimal(nanoseconds / SECOND, 2) + " s";
  }
}
