package dev.retain.benchmarks;

import dev.retain.cli.compile.CompileCommands;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.Program;

/** The entry point of {@code retain bench}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(Console.standard(), arguments));
  }

  static int run(Console console, String... arguments) {
    return new Program("retain", console, CompileCommands::explain)
        .with(Bench.command(console), Bench.EXAMPLE)
        .run(arguments);
  }
}
