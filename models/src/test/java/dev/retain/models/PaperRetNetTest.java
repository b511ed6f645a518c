package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.weights.SafetensorsWriter;
import dev.retain.runtime.weights.mapping.NameMapping;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The paper's original shape. */
class PaperRetNetTest {
  private static final String FILE = "retnet-paper.ret";
  private static final String SMALL = "vocab=31 d=24 heads=3 layers=2";
  private static final int[][] TOKENS = Definitions.tokens(new Random(2), 2, 100, 31);

  private static RetainModel open(ModelBuilder builder) {
    return builder.open(Width.W256, Engine.shared());
  }

  private static NativeTensor logits(RetainModel model, Form form, int chunk) {
    try (Session session = model.newSession(TOKENS.length)) {
      return session.run(TOKENS, form, RunOptions.DEFAULT.withChunk(chunk));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32"})
  void formsAgree(ElementType real) {
    double tolerance = real == ElementType.F64 ? 1e-12 : 1e-5;
    ModelBuilder builder = Definitions.build(FILE, SMALL, real, List.of(Width.W256));
    try (RetainModel model = open(builder)) {
      NativeTensor steps = logits(model, Form.RECURRENT, 1);
      assertThat(Differences.relative(logits(model, Form.PARALLEL, 1), steps))
          .isLessThan(tolerance);
      for (int chunk : List.of(1, 7, 64, 128)) {
        assertThat(Differences.relative(logits(model, Form.CHUNKWISE, chunk), steps))
            .isLessThan(tolerance);
      }
    }
  }

  /** Written under torchscale's names, the weights come back, and the hyperparameters with them. */
  @Test
  void weightsSurviveTheRoundTrip(@TempDir Path folder) {
    ModelBuilder drawn = Definitions.build(FILE, SMALL, ElementType.F32, List.of(Width.W256));
    ModelDescription description = drawn.compiled().description();
    Path file = folder.resolve("weights.safetensors");
    try (RetainModel model = open(drawn)) {
      Map<String, NativeTensor> weights = new LinkedHashMap<>(model.weights());
      model.parameters().forEach((path, array) -> weights.put(path, NativeTensor.of(array)));
      SafetensorsWriter.write(
          file,
          NameMapping.read(Path.of("retnet-paper.names.json"))
              .layout("torchscale")
              .orElseThrow()
              .export(weights, description.parameters(), description.constants(), Arena.ofAuto()),
          Map.of());
      ModelBuilder loaded =
          ModelBuilder.build(
              new ModelBuilder.Request(
                  Path.of(FILE),
                  Map.of(),
                  Optional.of(file),
                  List.of(),
                  OptionalLong.empty(),
                  ElementType.F32,
                  List.of(Width.W256)));
      assertThat(loaded.compiled().description().hyperparameters())
          .isEqualTo(description.hyperparameters());
      try (RetainModel again = open(loaded)) {
        assertThat(
                Differences.relative(
                    logits(again, Form.CHUNKWISE, 64), logits(model, Form.CHUNKWISE, 64)))
            .isLessThan(1e-6);
      }
    }
  }
}
