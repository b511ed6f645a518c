package dev.retain.benchmarks;

import dev.retain.benchmarks.contest.Contest;
import dev.retain.benchmarks.contest.Effort;
import dev.retain.benchmarks.limits.Limits;
import dev.retain.benchmarks.ngram.Ngram;
import dev.retain.benchmarks.report.LimitTable;
import dev.retain.benchmarks.report.Machine;
import dev.retain.benchmarks.report.ResultLines;
import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Measures. */
@Command(
    name = "bench",
    description = {
      "Measure what this machine can do at most: multiplications, OpenBLAS, reading of memory; each"
          + " in a JVM of its own.",
      "",
      "Results are added to benchmarks/results, with the machine and the date.",
    })
final class Bench implements Callable<Integer> {
  static final String EXAMPLE = "--quick";

  private final Console console;

  @Mixin private CommonOptions common;

  @Option(
      names = "--quick",
      description =
          "A few short rounds, to see that it works; results go to benchmarks/target/results"
              + " instead.")
  private boolean quick;

  @Option(names = "--json", description = "Print the results as lines of JSON.")
  private boolean json;

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
    Project project = Project.current();
    Machine machine = Machine.current(project.benchmarks());
    ResultLines lines = new ResultLines(machine, quick);
    Contest contest = new Contest(quick ? Effort.QUICK : Effort.USUAL, project.logs());

    List<Limits.Measured> limits = Limits.measure(contest);
    limits.forEach(lines::add);

    Path folder = Files.createDirectories(project.results(quick));
    Path file = folder.resolve(machine.shortName() + ".jsonl");
    Files.write(file, lines.lines(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (json) {
      lines.lines().forEach(console.out()::println);
    } else {
      LimitTable.of(limits).print(console.out());
    }
    console.err().println("Added to " + file);
    return ExitCode.OK;
  }
}
