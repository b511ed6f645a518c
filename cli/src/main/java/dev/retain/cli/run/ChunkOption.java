package dev.retain.cli.run;

import dev.retain.cli.console.PositiveNumber;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a sequence is cut in the chunkwise form. */
public final class ChunkOption {
  @Option(
      names = "--chunk",
      paramLabel = "C",
      converter = PositiveNumber.class,
      description =
          "Tokens of a chunk in the chunkwise form (default: what 'retain tune' found, else 64; in"
              + " training the length of a row, at most 256).")
  private Optional<Integer> chunk = Optional.empty();

  /** What was asked for, or another length. */
  public int chunk(int unlessSaid) {
    return chunk.orElse(unlessSaid);
  }
}
