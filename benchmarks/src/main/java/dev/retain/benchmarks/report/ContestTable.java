package dev.retain.benchmarks.report;

import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.limits.Peaks;
import dev.retain.benchmarks.work.Task;
import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/** One task for people. */
public final class ContestTable {
  private static final double MICROSECOND = 1e3;
  private static final double MILLISECOND = 1e6;
  private static final double SECOND = 1e9;

  private ContestTable() {}

  /** Whose first contestant is the one that others are compared with. */
  public static Table of(Task task, List<Standing> standings, Peaks peaks) {
    Standing first = standings.getFirst();
    Table table =
        new Table(
            "who",
            "median",
            "best run",
            "worst round",
            "first run",
            "speed",
            "of the limit",
            "times as long",
            "by the best run");
    for (Standing standing : standings) {
      if (standing.hasFailed()) {
        table.row(standing.name(), "", "", "", "", "", "", "", standing.failure());
      } else {
        table.row(
            standing.name(),
            time(standing.median()),
            time(standing.fastest()),
            time(standing.most()),
            time(standing.first()),
            speed(task, standing),
            ofLimit(task, standing, peaks),
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
      case Task.Core _, Task.CoreGradients _, Task.Product _ -> gflops(task, standing);
      case Task.Step _ -> perSecond(1, standing) + " steps/s";
      case Task.Decoding(_, int sequences) ->
          "%s tokens/s%s"
              .formatted(
                  perSecond(sequences, standing),
                  standing.amount() == 0
                      ? ""
                      : ", "
                          + Quantity.decimal(standing.amount() / standing.median(), 1)
                          + " GB/s");
      case Task.LaterToken _ ->
          "%s tokens/s, a state of %s bytes"
              .formatted(perSecond(1, standing), Quantity.count((long) standing.amount()));
      case Task.Prefill(_, int tokens) -> perSecond(tokens, standing) + " tokens/s";
      case Task.Training(_, int sequences, int tokens) ->
          "%s tokens/s, %s"
              .formatted(perSecond(sequences * tokens, standing), gflops(task, standing));
    };
  }

  private static String perSecond(int count, Standing standing) {
    return Quantity.decimal(count * SECOND / standing.median(), 0);
  }

  private static String gflops(Task task, Standing standing) {
    return Quantity.decimal(task.operations() / standing.median(), 1) + " GFLOPS";
  }

  /** The share of what the machine can do at most, if that was measured and is the limit. */
  private static String ofLimit(Task task, Standing standing, Peaks peaks) {
    OptionalDouble share = peaks.share(task, standing);
    return share.isPresent() ? Quantity.decimal(100 * share.getAsDouble(), 0) + " %" : "";
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
