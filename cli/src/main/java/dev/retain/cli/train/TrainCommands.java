package dev.retain.cli.train;

import dev.retain.cli.console.Console;
import dev.retain.cli.console.Program;

/** The commands of this package, to be added to a program. */
public final class TrainCommands {
  private TrainCommands() {}

  /** Adds them. */
  public static void addTo(Program program, Console console) {
    program.with(new Train(console), Train.EXAMPLE);
    program.with(new Grad(console), Grad.EXAMPLE);
  }
}
