package dev.retain.benchmarks.report;

import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.work.Task;
import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import java.util.List;

/**
 * How much JVMs differ, for people: by the median of each, which is the speed that users see, and
 * by the best run of each, which shows how well its kernels were compiled, whatever else happened
 * on the machine.
 */
public final class LotteryTable {
  private final Table table =
      new Table(
          "task",
          "JVMs",
          "median",
          "worst",
          "worst / median",
          "best run",
          "worst best run",
          "worst / best");

  /**
   * Adds a row.
   *
   * @param draws of a fresh JVM each
   */
  public void add(Task task, List<Standing> draws) {
    String name = String.join(" ", task.words());
    var failed = draws.stream().filter(Standing::hasFailed).findFirst();
    if (failed.isPresent()) {
      table.row(name, draws.size(), "", "", "", "", "", failed.get().failure());
      return;
    }
    List<Double> medians = draws.stream().map(Standing::median).sorted().toList();
    List<Double> runs = draws.stream().map(Standing::fastest).sorted().toList();
    double median = Standing.median(medians);
    table.row(
        name,
        draws.size(),
        ContestTable.time(median),
        ContestTable.time(medians.getLast()),
        Quantity.decimal(medians.getLast() / median, 2),
        ContestTable.time(runs.getFirst()),
        ContestTable.time(runs.getLast()),
        Quantity.decimal(runs.getLast() / runs.getFirst(), 2));
  }

  public Table table() {
    return table;
  }
}
