package dev.retain.cli;

import dev.retain.cli.console.Console;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Compiles a model and lets it write, so that a JVM that keeps an archive of its classes meets
 * those of all common commands.
 */
final class Rehearsal {
  private Rehearsal() {}

  /** The arguments are a definition, and a jar to be written. */
  public static void main(String[] arguments) {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Console console = new Console(nowhere, nowhere, false, false);
    Main.run(console, "compile", arguments[0], "-o", arguments[1]);
    Main.run(console, "generate", arguments[1], "--prompt", "a", "--max-tokens", "2", "--json");
  }
}
