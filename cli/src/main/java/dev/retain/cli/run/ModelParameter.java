package dev.retain.cli.run;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** A model that the command line names. */
final class ModelParameter implements ModelLocation {
  @Parameters(paramLabel = "OUT.jar", description = "A model that 'retain compile' wrote.")
  private Path path;

  @Override
  public Path path() {
    return path;
  }
}
