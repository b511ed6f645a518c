package dev.retain.cli.run;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** In which form sequences are run, where that has to be said. */
public final class FormOptions {
  @Option(
      names = "--form",
      required = true,
      paramLabel = "FORM",
      description = "recurrent, parallel, chunkwise, or one that the definition declares.")
  private String form;

  @Mixin private ChunkOption chunk;

  public String form() {
    return form;
  }

  public int chunk(int unlessSaid) {
    return chunk.chunk(unlessSaid);
  }
}
