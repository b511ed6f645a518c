package dev.retain.cli;

import dev.retain.runtime.RetainModel;
import dev.retain.runtime.Session;
import dev.retain.runtime.program.Form;
import java.nio.file.Path;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The README's example of the library, as a program; it runs in the folder of {@code model.jar}.
 */
final class ReadmeExample {
  private ReadmeExample() {}

  public static void main(String[] arguments) {
    // README begins
    try (RetainModel model = RetainModel.open(Path.of("model.jar"));
        Session session = model.newSession(1)) {
      INDArray tokens = Nd4j.createFromArray(new long[][] {{82, 101, 116, 97, 105, 110}});
      INDArray logits = session.run(tokens, Form.CHUNKWISE);
      System.out.println(Arrays.toString(logits.shape())); // batch, time, vocabulary: [1, 6, 256]
      session.state().save(Path.of("after-six-tokens.safetensors"));
    }
    // README ends
  }
}
