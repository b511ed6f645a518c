package dev.retain.cli.run;

import dev.retain.cli.console.PositiveNumber;
import picocli.CommandLine.Option;

/** How a sequence is cut in the chunkwise form. */
public final class ChunkOption {
  @Option(
      names = "--chunk",
      paramLabel = "C",
      converter = PositiveNumber.class,
      defaultValue = "64",
      description = "Tokens of a chunk in the chunkwise form (default: ${DEFAULT-VALUE}).")
  private int chunk;

  public int chunk() {
    return chunk;
  }
}
