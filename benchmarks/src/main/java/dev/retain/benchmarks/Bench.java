package dev.retain.benchmarks;

import dev.retain.benchmarks.contest.Contest;
import dev.retain.benchmarks.contest.Effort;
import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.limits.Limits;
import dev.retain.benchmarks.limits.Peaks;
import dev.retain.benchmarks.lineup.Group;
import dev.retain.benchmarks.lineup.Lineup;
import dev.retain.benchmarks.lineup.Tasks;
import dev.retain.benchmarks.ngram.Ngram;
import dev.retain.benchmarks.report.ContestTable;
import dev.retain.benchmarks.report.Growth;
import dev.retain.benchmarks.report.LimitTable;
import dev.retain.benchmarks.report.Machine;
import dev.retain.benchmarks.report.Plot;
import dev.retain.benchmarks.report.ResultLines;
import dev.retain.benchmarks.work.Task;
import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.PositiveNumber;
import dev.retain.cli.console.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures. */
@Command(
    name = "bench",
    description = {
      "Measure Retain beside its peers and beside what this machine can do at most.",
      "",
      "Each contestant runs in a JVM of its own, and they take turns; those that compute something"
          + " else than Retain are out. Peers are fetched by Maven when they are first measured.",
      "",
      "Results are added to benchmarks/results, with the machine and the date; a plot of the last"
          + " run lies beside them. Let nothing else run meanwhile.",
    })
final class Bench implements Callable<Integer> {
  static final String EXAMPLE = "--quick --only limits,products";

  private final Console console;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--quick",
      description =
          "A few short rounds, without what takes long; results go to benchmarks/target/results"
              + " instead.")
  private boolean quick;

  @Option(names = "--json", description = "Print the results as lines of JSON.")
  private boolean json;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "GROUP",
      description =
          "Measure only these: limits, cores, gradients, steps, products, reading, decoding,"
              + " positions, training, growth (default: all of them).")
  private List<String> groupNames = List.of();

  @Option(
      names = "--without-peers",
      description = "Leave out PyTorch and ONNX Runtime, which are large.")
  private boolean withoutPeers;

  @Option(
      names = "--lottery",
      description =
          "Instead, do each kind of work, or with --only each task of some groups, in many fresh"
              + " JVMs by Retain alone, and hold the worst against the others.")
  private boolean lottery;

  @Option(
      names = "--jvms",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description = "How many JVMs --lottery starts for each task (default: 20; --quick: 6).")
  private Optional<Integer> jvms = Optional.empty();

  private Bench(Console console) {
    this.console = console;
  }

  /** The command with all that belongs to it. */
  static CommandSpec command(Console console) {
    CommandSpec bench = CommandSpec.forAnnotatedObject(new Bench(console));
    bench.addSubcommand(Ngram.NAME, CommandSpec.forAnnotatedObject(new Ngram(console)));
    return bench;
  }

  @Override
  public Integer call() throws IOException {
    List<Group> groups = groups();
    Project project = Project.current();
    Machine machine = Machine.current(project.benchmarks());
    ResultLines lines = new ResultLines(machine, quick);
    Effort effort = quick ? Effort.QUICK : Effort.USUAL;
    Optional<Plot> plot = Optional.empty();
    if (lottery) {
      Effort many = jvms.map(effort::withJvms).orElse(effort);
      Lottery jvmByJvm = new Lottery(many, project.logs(), console.err());
      Table table = jvmByJvm.run(lotteryTasks(groups), lines).table();
      show("each in fresh JVMs", table);
    } else {
      plot =
          Optional.of(
              measure(
                  groups,
                  project,
                  new Contest(effort, project.logs(), Contest.REST_OF_LIBRARIES),
                  lines));
    }
    Path folder = Files.createDirectories(project.results(quick));
    Path file = folder.resolve(machine.shortName() + ".jsonl");
    Files.write(file, lines.lines(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (plot.isPresent() && !plot.get().isEmpty()) {
      Files.writeString(folder.resolve(machine.shortName() + ".svg"), plot.get().svg());
    }
    if (json) {
      lines.lines().forEach(console.out()::println);
    }
    console.err().println("Added to " + file);
    return ExitCode.OK;
  }

  private List<Group> groups() {
    if (groupNames.isEmpty()) {
      return List.of(Group.values());
    }
    return groupNames.stream()
        .map(name -> Group.of(name).orElseThrow(() -> unknown(name)))
        .distinct()
        .sorted()
        .toList();
  }

  private ParameterException unknown(String name) {
    return new ParameterException(
        spec.commandLine(), "--only knows " + Group.names() + ", and not '" + name + "'");
  }

  private List<Task> lotteryTasks(List<Group> groups) {
    return groupNames.isEmpty()
        ? Tasks.ofLottery()
        : groups.stream().flatMap(group -> Tasks.of(group, quick).stream()).toList();
  }

  private Plot measure(List<Group> groups, Project project, Contest contest, ResultLines lines) {
    Machine machine = lines.machine();
    Plot plot = new Plot(machine);
    Lineup lineup = new Lineup(project.benchmarks(), !withoutPeers, quick, console.err());
    Peaks peaks = Peaks.UNKNOWN;
    for (Group group : groups) {
      console.err().println("Measuring " + group + ": " + group.meaning());
      if (group == Group.LIMITS) {
        List<Limits.Measured> limits = Limits.measure(contest);
        limits.forEach(lines::add);
        peaks = Peaks.of(limits);
        show("limits of the machine", LimitTable.of(limits));
      }
      Growth growth = new Growth();
      for (Task task : Tasks.of(group, quick)) {
        List<Standing> standings =
            contest.run(group == Group.GROWTH ? List.of(Lineup.own(task)) : lineup.of(task));
        lines.add(task, standings, peaks);
        plot.add(task, standings);
        show(String.join(" ", task.words()), ContestTable.of(task, standings, peaks));
        if (task instanceof Task.Prefill prefill) {
          growth.add(prefill, standings.getFirst());
        }
      }
      if (group == Group.GROWTH) {
        lines.add(growth);
        show("time by length", growth.table());
      }
    }
    return plot;
  }

  private void show(String title, Table table) {
    if (!json) {
      console.out().println();
      console.out().println(title);
      table.print(console.out());
    }
  }
}
