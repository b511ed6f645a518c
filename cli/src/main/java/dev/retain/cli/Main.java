package dev.retain.cli;

import dev.retain.cli.compile.CompileCommands;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.Program;
import dev.retain.cli.demo.Demo;
import dev.retain.cli.recurrence.Run;
import dev.retain.cli.run.RunCommands;
import dev.retain.cli.train.TrainCommands;
import dev.retain.cli.tune.Tune;

/** The entry point of the {@code retain} command. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(Console.standard(), arguments));
  }

  static int run(Console console, String... arguments) {
    Program program = new Program("retain", console, CompileCommands::explain);
    CompileCommands.addTo(program, console);
    RunCommands.addTo(program, console);
    program.with(new Run(console), Run.EXAMPLE);
    TrainCommands.addTo(program, console);
    program.with(new Tune(console), Tune.EXAMPLE);
    program.with(new Demo(console, program), Demo.EXAMPLE);
    return program.run(arguments);
  }
}
