package dev.retain.cli.run;

import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.ModelDescription;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** In which form sequences are run, where any will do. */
public final class FormChoice {
  @Option(
      names = "--form",
      paramLabel = "FORM",
      description =
          "recurrent, parallel or chunkwise, which compute the same, and differ in speed and"
              + " memory; or one that the definition declares (default: chunkwise, or recurrent if"
              + " the model has no other).")
  private Optional<String> form = Optional.empty();

  @Mixin private ChunkOption chunk;

  /** The form that was asked for, or the usual one of the model. */
  public String of(ModelDescription model) {
    boolean hasChunks = model.program(Form.CHUNKWISE, false).isPresent();
    return form.orElse(hasChunks ? Form.CHUNKWISE.text() : Form.RECURRENT.text());
  }

  public int chunk(int unlessSaid) {
    return chunk.chunk(unlessSaid);
  }
}
