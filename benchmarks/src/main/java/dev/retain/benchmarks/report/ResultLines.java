package dev.retain.benchmarks.report;

import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.limits.Limits;
import dev.retain.benchmarks.limits.Peaks;
import dev.retain.benchmarks.work.Task;
import dev.retain.cli.console.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results as lines of JSON, each of which says by itself where and when it was measured. */
public final class ResultLines {
  private final Machine machine;
  private final boolean quick;
  private final List<String> lines = new ArrayList<>();

  public ResultLines(Machine machine, boolean quick) {
    this.machine = machine;
    this.quick = quick;
  }

  /** What all was measured on. */
  public Machine machine() {
    return machine;
  }

  /** All so far. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** A limit of the machine. */
  public void add(Limits.Measured measured) {
    Map<String, Object> line = line("limit", measured.limit().toString());
    line.put("threads", measured.processors());
    putStanding(line, measured.standing());
    if (!measured.standing().hasFailed()) {
      line.put("value", measured.value());
      line.put("unit", measured.limit().unit());
    }
    lines.add(Json.line(line));
  }

  /** Contestants beside each other; ratios are how many times as long as the first they took. */
  public void add(Task task, List<Standing> standings, Peaks peaks) {
    for (Standing standing : standings) {
      Map<String, Object> line = line("task", String.join(" ", task.words()));
      line.put("contestant", standing.name());
      putStanding(line, standing);
      Standing first = standings.getFirst();
      if (!standing.hasFailed() && !first.hasFailed()) {
        List<Double> ratios = first.ratios(standing);
        line.put("ratios", ratios);
        line.put("ratio", Standing.median(ratios));
      }
      if (!standing.hasFailed() && task.operations() > 0) {
        line.put("gflops", task.operations() / standing.median());
      }
      if (!standing.hasFailed()) {
        peaks.share(task, standing).ifPresent(share -> line.put("share_of_limit", share));
      }
      if (standing.amount() > 0) {
        line.put("amount", standing.amount());
      }
      lines.add(Json.line(line));
    }
  }

  /** How the time of reading grows. */
  public void add(Growth growth) {
    Map<String, Object> line = line("growth", "prefill");
    line.put("exponent", growth.exponent());
    lines.add(Json.line(line));
  }

  /**
   * A task in many JVMs.
   *
   * @param draws of a fresh JVM each
   */
  public void addLottery(Task task, List<Standing> draws) {
    Map<String, Object> line = line("lottery", String.join(" ", task.words()));
    line.put(
        "medians_ns",
        draws.stream().filter(draw -> !draw.hasFailed()).map(Standing::median).toList());
    line.put(
        "fastest_ns",
        draws.stream().filter(draw -> !draw.hasFailed()).map(Standing::fastest).toList());
    line.put("failed", draws.stream().filter(Standing::hasFailed).map(Standing::failure).toList());
    lines.add(Json.line(line));
  }

  private Map<String, Object> line(String kind, String what) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("date", machine.date());
    line.put("commit", machine.commit());
    line.put("machine", machine.json());
    line.put("quick", quick);
    line.put(kind, what);
    return line;
  }

  private static void putStanding(Map<String, Object> line, Standing standing) {
    if (standing.hasFailed()) {
      line.put("failed", standing.failure());
      return;
    }
    line.put("making_ns", standing.making());
    line.put("first_ns", standing.first());
    line.put("warm_up_ns", standing.warmUps());
    line.put("rounds_ns", standing.rounds());
    line.put("median_ns", standing.median());
    line.put("fastest_ns", standing.fastest());
  }
}
