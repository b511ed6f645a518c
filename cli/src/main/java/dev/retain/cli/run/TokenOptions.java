package dev.retain.cli.run;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which file and tensor token ids are read from. */
public final class TokenOptions {
  @Option(
      names = "--ids",
      required = true,
      paramLabel = "IDS",
      description = "A file with the ids: whole numbers, [batch, time] or [time].")
  private Path ids;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "input_ids",
      description = "The tensor with the ids (default: ${DEFAULT-VALUE}).")
  private String name;

  public Path file() {
    return ids;
  }

  public String tensor() {
    return name;
  }
}
