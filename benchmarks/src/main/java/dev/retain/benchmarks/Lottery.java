package dev.retain.benchmarks;

import dev.retain.benchmarks.contest.Contest;
import dev.retain.benchmarks.contest.Effort;
import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.lineup.Lineup;
import dev.retain.benchmarks.report.LotteryTable;
import dev.retain.benchmarks.report.ResultLines;
import dev.retain.benchmarks.work.Task;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether kernels reach their speed in every JVM, or only in a lucky one. */
final class Lottery {
  private final Effort effort;
  private final Contest contest;
  private final PrintStream messages;

  Lottery(Effort effort, Path logs, PrintStream messages) {
    this.effort = effort;
    this.messages = messages;
    this.contest = new Contest(effort, logs);
  }

  /** Each task in many fresh JVMs, one after the other. */
  LotteryTable run(List<Task> tasks, ResultLines lines) {
    LotteryTable table = new LotteryTable();
    for (Task task : tasks) {
      messages.printf("Measuring %s in %d JVMs%n", String.join(" ", task.words()), effort.jvms());
      List<Standing> draws = new ArrayList<>();
      for (int jvm = 0; jvm < effort.jvms(); jvm++) {
        draws.add(contest.run(List.of(Lineup.own(task))).getFirst());
      }
      lines.addLottery(task, draws);
      table.add(task, draws);
    }
    return table;
  }
}
