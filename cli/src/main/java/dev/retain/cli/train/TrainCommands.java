package dev.retain.cli.train;

import dev.retain.cli.console.Console;
import dev.retain.cli.console.Program;

/** The commands of this package, to be added to a program. */
public final class TrainCommands {
  private TrainCommands() {}

  /**
   * Adds them.
   *
   * @param models what makes models that can be trained
   */
  public static void addTo(Program program, Console console, GradientModels models) {
    program.with(new Train(console, models), Train.EXAMPLE);
  }
}
