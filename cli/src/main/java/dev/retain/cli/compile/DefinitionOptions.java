package dev.retain.cli.compile;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which model: a definition, and what its hyperparameters are set to. */
public final class DefinitionOptions {
  @Parameters(paramLabel = "FILE.ret", description = "The definition of a model.")
  private Path file;

  @Option(
      names = "--set",
      arity = "1..*",
      paramLabel = "name=value",
      description =
          "Set hyperparameters: one or more after each --set. 'preset=NAME' takes the values of a"
              + " preset. Others keep their defaults.")
  private Map<String, String> settings = new LinkedHashMap<>();

  public Path file() {
    return file;
  }

  public Map<String, String> settings() {
    return settings;
  }
}
