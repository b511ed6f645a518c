package dev.retain.cli;

import dev.retain.cli.console.Console;
import dev.retain.cli.console.Program;
import dev.retain.cli.run.RunCommands;
import java.util.Optional;

/** The entry point of the {@code retain} command. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(Console.standard(), arguments));
  }

  static int run(Console console, String... arguments) {
    Program program = new Program("retain", console, _ -> Optional.empty());
    RunCommands.addTo(program, console);
    return program.run(arguments);
  }
}
