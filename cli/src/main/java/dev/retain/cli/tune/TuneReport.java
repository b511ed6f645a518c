package dev.retain.cli.tune;

import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import dev.retain.compiler.loops.Tiling;
import dev.retain.compiler.tuning.Machine;
import dev.retain.compiler.tuning.TuningKey;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a search found, for people and for programs. */
record TuneReport(TuningKey key, List<Search.Outcome> outcomes, Path file, double seconds) {
  void print(PrintStream out) {
    Machine machine = key.machine();
    out.println(
        "%s, %s, vectors %s, %d processors (%s)"
            .formatted(
                key.model(),
                key.real().name().toLowerCase(Locale.ROOT),
                machine.width().text(),
                machine.processors(),
                machine.processor()));
    out.println();
    Table table =
        new Table("work", "chunk", "tile", "columns", "rows", "bytes", "tokens/s", "of the usual");
    for (Search.Outcome outcome : outcomes) {
      outcome.all().forEach(one -> row(table, outcome.work(), one));
    }
    table.print(out);
    out.println();
    outcomes.forEach(outcome -> out.println(line(outcome)));
    if (outcomes.size() == 1) {
      out.println("training: not measured");
    }
    out.println(
        "Wrote %s in %s s; 'retain compile' and 'retain train' look there."
            .formatted(file, Quantity.decimal(seconds, 0)));
  }

  private static void row(Table table, String work, Search.Measured one) {
    Tiling tiling = one.choice().tiling();
    table.row(
        work,
        one.choice().chunk(),
        tiling.height() + " x " + tiling.vectors(),
        tiling.columns(),
        tiling.rows(),
        tiling.depthBytes(),
        Quantity.decimal(one.tokensPerSecond(), 0),
        Quantity.decimal(one.ratio(), 2));
  }

  private static String line(Search.Outcome outcome) {
    if (outcome.best().choice().equals(outcome.usual().choice())) {
      return "%s: the usual is the fastest: %s, %s tokens/s"
          .formatted(
              outcome.work(),
              outcome.usual().choice().text(),
              Quantity.decimal(outcome.usual().tokensPerSecond(), 0));
    }
    return "%s: usual %s tokens/s; best found %s tokens/s, %s times as fast: %s; %s"
        .formatted(
            outcome.work(),
            Quantity.decimal(outcome.usual().tokensPerSecond(), 0),
            Quantity.decimal(outcome.best().tokensPerSecond(), 0),
            Quantity.decimal(outcome.best().ratio(), 2),
            outcome.best().choice().text(),
            outcome.best().isClear() ? "taken" : "not clearly faster, so the usual is kept");
  }

  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("model", key.model());
    values.put("processor", key.machine().processor());
    values.put("processors", key.machine().processors());
    values.put("vectors", key.machine().width().text());
    for (Search.Outcome outcome : outcomes) {
      Map<String, Object> found = new LinkedHashMap<>();
      found.put("usual", values(outcome.usual()));
      found.put("best", values(outcome.best()));
      found.put("ratio", outcome.best().ratio());
      found.put("taken", outcome.best().isClear());
      found.put("tried", outcome.all().stream().map(TuneReport::values).toList());
      values.put(outcome.work(), found);
    }
    values.put("file", file.toString());
    values.put("seconds", seconds);
    return values;
  }

  private static Map<String, Object> values(Search.Measured one) {
    Tiling tiling = one.choice().tiling();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("chunk", one.choice().chunk());
    values.put("tile", List.of(tiling.height(), tiling.vectors()));
    values.put("block", List.of(tiling.columns(), tiling.rows(), tiling.depthBytes()));
    values.put("tokens_per_second", one.tokensPerSecond());
    values.put("ratio", one.ratio());
    return values;
  }
}
