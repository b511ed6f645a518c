package dev.retain.benchmarks;

import dev.retain.benchmarks.contest.Contest;
import dev.retain.benchmarks.contest.Contestant;
import dev.retain.benchmarks.contest.Effort;
import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.lineup.Lineup;
import dev.retain.benchmarks.report.LotteryTable;
import dev.retain.benchmarks.report.ResultLines;
import dev.retain.benchmarks.work.Task;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether kernels reach their speed in every JVM, or only in a lucky one. All JVMs of a task take
 * turns, round by round: what else happens on the machine then happens to all of them.
 */
final class Lottery {
  // No longer than it takes until the workers of the one before sleep.
  private static final int REST_MILLISECONDS = 10;

  private final Effort effort;
  private final Contest contest;
  private final PrintStream messages;

  Lottery(Effort effort, Path logs, PrintStream messages) {
    this.effort = effort;
    this.messages = messages;
    this.contest = new Contest(effort, logs, REST_MILLISECONDS);
  }

  /** Each task in many fresh JVMs. */
  LotteryTable run(List<Task> tasks, ResultLines lines) {
    LotteryTable table = new LotteryTable();
    for (Task task : tasks) {
      messages.printf("Measuring %s in %d JVMs%n", String.join(" ", task.words()), effort.jvms());
      List<Standing> draws = contest.run(jvms(task));
      lines.addLottery(task, draws);
      table.add(task, draws);
    }
    return table;
  }

  private List<Contestant> jvms(Task task) {
    Contestant own = Lineup.own(task);
    return IntStream.rangeClosed(1, effort.jvms())
        .mapToObj(jvm -> new Contestant(own.name() + " " + jvm, own.command(), own.environment()))
        .toList();
  }
}
