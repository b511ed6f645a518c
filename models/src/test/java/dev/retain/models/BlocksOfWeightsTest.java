package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.Initialiser;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which weights of RetNet lie in blocks, and that nobody but kernels sees it; that they compute the
 * same is {@link OracleTest}'s.
 */
class BlocksOfWeightsTest {
  private static final Path DEFINITION = Path.of("retnet.ret");
  private static final String SETTINGS = "vocab=48 d=32 value=64 ffn=40 heads=2 layers=1";

  private static ModelBuilder drawn() {
    return Definitions.build(DEFINITION.toString(), SETTINGS, ElementType.F32, List.of(Width.W256));
  }

  private static List<ParameterDescription> parameters(ModelBuilder builder) {
    return builder.compiled().description().parameters();
  }

  private static Map<String, NativeTensor> numbers(ModelBuilder builder) {
    Map<String, NativeTensor> numbers = new LinkedHashMap<>();
    for (ParameterDescription parameter : parameters(builder)) {
      NativeTensor tensor =
          NativeTensor.allocate(Arena.ofAuto(), ElementType.F32, parameter.shapeAfter());
      Initialiser.fill(tensor, parameter, 7);
      numbers.put(parameter.path(), tensor);
    }
    return numbers;
  }

  @Test
  void whatIsOnlyMultipliedByLiesInBlocks() {
    assertThat(parameters(drawn()))
        .filteredOn(one -> one.storage().rows() > 0)
        .extracting(ParameterDescription::path)
        .contains("block.0.feed.fc2.weight", "block.0.retention.Wq", "block.0.retention.Wo")
        // A table, a gain, and 40 columns, which are no blocks of 16.
        .doesNotContain("embed.weight", "final_norm.weight", "block.0.feed.fc1.weight");
  }

  @Test
  void arraysFilesAndTrainingHaveThemRowByRow(@TempDir Path folder) throws IOException {
    Path definition = folder.resolve("retnet.ret");
    Files.copy(DEFINITION, definition);
    Map<String, NativeTensor> given = numbers(drawn());
    ModelBuilder builder = drawn().withParameters(given);

    // Without a file of names the model's own are written.
    assertSame(builder.export(definition).tensors(), given);
    assertSame(
        builder
            .openForTraining("chunkwise", 8, false, 0, Width.W256, Engine.shared())
            .model()
            .parameters(),
        given);
    try (RetainModel model = builder.open(Width.W256, Engine.shared())) {
      model
          .parameters()
          .forEach((path, array) ->
              assertThat(NativeTensor.of(array).segment().mismatch(given.get(path).segment()))
                  .as(path)
                  .isEqualTo(-1));
    }
  }

  private static void assertSame(
      Map<String, NativeTensor> tensors, Map<String, NativeTensor> given) {
    given.forEach((path, tensor) ->
        assertThat(tensors.get(path).segment().mismatch(tensor.segment())).as(path).isEqualTo(-1));
  }
}
