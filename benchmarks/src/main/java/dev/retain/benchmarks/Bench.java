package dev.retain.benchmarks;

import dev.retain.benchmarks.ngram.Ngram;
import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** Measures. */
@Command(name = "bench", description = "Measure what Retain has to beat.")
final class Bench {
  static final String EXAMPLE = Ngram.EXAMPLE;

  @Mixin private CommonOptions common;

  private Bench() {}

  /** The command with all that belongs to it. */
  static CommandSpec command(Console console) {
    CommandSpec bench = CommandSpec.forAnnotatedObject(new Bench());
    bench.addSubcommand(Ngram.NAME, CommandSpec.forAnnotatedObject(new Ngram(console)));
    return bench;
  }
}
