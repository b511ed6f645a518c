package dev.retain.benchmarks.report;

import dev.retain.benchmarks.limits.Limits;
import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import java.util.List;

/** The limits of the machine for people. */
public final class LimitTable {
  private LimitTable() {}

  public static Table of(List<Limits.Measured> limits) {
    Table table =
        new Table("limit", "threads", "median", "worst round", "best run", "unit", "what");
    for (Limits.Measured limit : limits) {
      var standing = limit.standing();
      if (standing.hasFailed()) {
        table.row(limit.limit(), limit.processors(), "", "", "", "", standing.failure());
        continue;
      }
      table.row(
          limit.limit(),
          limit.processors(),
          Quantity.decimal(limit.value(), 1),
          Quantity.decimal(standing.amount() / standing.most(), 1),
          Quantity.decimal(standing.amount() / standing.fastest(), 1),
          limit.limit().unit(),
          limit.limit().meaning());
    }
    return table;
  }
}
