package dev.retain.benchmarks.report;

import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.work.Task;
import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import java.util.List;

/**
 * How much JVMs differ, for people: by the best run of each, which shows how well its kernels were
 * compiled, whatever else happened on the machine.
 */
public final class LotteryTable {
  private final Table table =
      new Table("task", "JVMs", "best", "median", "worst", "worst / best", "worst / median");

  /**
   * Adds a row.
   *
   * @param draws of a fresh JVM each
   */
  public void add(Task task, List<Standing> draws) {
    String name = String.join(" ", task.words());
    var failed = draws.stream().filter(Standing::hasFailed).findFirst();
    if (failed.isPresent()) {
      table.row(name, draws.size(), "", "", "", "", failed.get().failure());
      return;
    }
    List<Double> runs = draws.stream().map(Standing::fastest).sorted().toList();
    double median = Standing.median(runs);
    table.row(
        name,
        draws.size(),
        ContestTable.time(runs.getFirst()),
        ContestTable.time(median),
        ContestTable.time(runs.getLast()),
        Quantity.decimal(runs.getLast() / runs.getFirst(), 2),
        Quantity.decimal(runs.getLast() / median, 2));
  }

  public Table table() {
    return table;
  }
}
