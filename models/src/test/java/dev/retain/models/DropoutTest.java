package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.tensor.GraphPrinter;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.program.Form;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the reference drops values in training, and that nothing else changes by it. */
class DropoutTest {
  private static Compilation compiled(String file, String dropout) {
    return Compilation.of(Path.of(file), Map.of("dropout", dropout, "layers", "2"));
  }

  private static List<Operation.Dropout> dropouts(Model model) {
    return model.step().nodes().stream()
        .map(Node::operation)
        .filter(Operation.Dropout.class::isInstance)
        .map(Operation.Dropout.class::cast)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"retnet.ret", "retnet-paper.ret"})
  void onTheEmbeddingAndOnBothHalvesOfEachBlock(String file) {
    assertThat(dropouts(compiled(file, "0.1").model()))
        .hasSize(1 + 2 * 2)
        .allSatisfy(dropout -> assertThat(dropout.rate()).isEqualTo(0.1));
    assertThat(dropouts(compiled(file, "0").model())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"retnet.ret", "retnet-paper.ret"})
  void thereIsNoneInWhatScoresAndWrites(String file) {
    for (Form form : Form.values()) {
      assertThat(GraphPrinter.print(compiled(file, "0.1").tensors(form, false)))
          .isEqualTo(GraphPrinter.print(compiled(file, "0").tensors(form, false)));
    }
  }
}
