package dev.retain.cli.run;

import dev.retain.cli.console.Console;
import dev.retain.cli.console.Program;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/** The entry point of a model's own jar: the commands of this package for the model in it. */
public final class StandaloneMain {
  private StandaloneMain() {}

  public static void main(String[] arguments) throws URISyntaxException {
    Path jar =
        Path.of(StandaloneMain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    System.exit(run(jar, Console.standard(), arguments));
  }

  static int run(Path jar, Console console, String... arguments) {
    Program program = new Program("java -jar " + jar.getFileName(), console, _ -> Optional.empty());
    RunCommands.addTo(program, console, jar);
    return program.run(arguments);
  }
}
