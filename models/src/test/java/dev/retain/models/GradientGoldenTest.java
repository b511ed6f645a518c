package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients of retnet.ret, in every form, against those that PyTorch found for torchscale's. */
class GradientGoldenTest {
  /** The largest difference of a gradient, relative to the largest of its tensor. */
  private static final Map<String, Double> LARGEST = new ConcurrentSkipListMap<>();

  @AfterAll
  static void writeDifferences() throws IOException {
    Files.write(
        Path.of("target/gradient-differences.txt"),
        LARGEST.entrySet().stream()
            .map(entry -> "%s %.1e".formatted(entry.getKey(), entry.getValue()))
            .toList());
  }

  /** The derived forms have the recurrence's gradients, whatever the chunk. */
  @ParameterizedTest
  @CsvSource({
    "one,  recurrent, 1",
    "one,  parallel,  1",
    "one,  chunkwise, 4",
    "tiny, recurrent, 1",
    "tiny, parallel,  1",
    "tiny, chunkwise, 1",
    "tiny, chunkwise, 5",
    "tiny, chunkwise, 64",
    "odd,  recurrent, 1",
    "odd,  parallel,  1",
    "odd,  chunkwise, 3",
    "emb,  recurrent, 1",
    "emb,  parallel,  1",
    "emb,  chunkwise, 5",
  })
  void derivedForms(String name, String form, int chunk) {
    assertThatGradientsAgree("retnet.ret", name, form, chunk, "recurrent");
  }

  /** Compiled for sequences that begin at rest and are one block. */
  @ParameterizedTest
  @CsvSource({
    "one,  parallel,  1",
    "tiny, parallel,  1",
    "tiny, chunkwise, 64",
    "odd,  chunkwise, 64",
    "emb,  parallel,  1",
  })
  void derivedFormsInOneBlock(String name, String form, int chunk) {
    assertThatGradientsAgree("retnet.ret", name, form, chunk, true, "recurrent");
  }

  /** The reference's own forms have their own gradients, with their own stopped ones. */
  @ParameterizedTest
  @CsvSource({
    "one,  parallel,  1",
    "one,  chunkwise, 3",
    "tiny, parallel,  1",
    "tiny, chunkwise, 8",
    "odd,  parallel,  1",
    "odd,  chunkwise, 5",
    "emb,  parallel,  1",
    "emb,  chunkwise, 4",
  })
  void formsOfTheReference(String name, String form, int chunk) {
    assertThatGradientsAgree("retnet-reference.ret", name, "reference_" + form, chunk, form);
  }

  private static void assertThatGradientsAgree(
      String definition, String name, String form, int chunk, String expected) {
    assertThatGradientsAgree(definition, name, form, chunk, false, expected);
  }

  private static void assertThatGradientsAgree(
      String definition, String name, String form, int chunk, boolean oneBlock, String expected) {
    Golden golden = new Golden("torchscale_" + name, ElementType.F64);
    ModelBuilder builder = golden.build(definition, List.of(Width.W512));
    Width width = MachineWidth.choose("retnet", Set.of(Width.values()));
    try (BlockGradientModel model =
        builder
            .openForTraining(
                form, chunk, oneBlock, BlockGradientModel.USUAL_WORK, width, Engine.shared())
            .model()) {
      TrainingBatch batch = TrainingBatch.ofNextTokens(golden.tokens());
      long targets = batch.targetCount();
      double loss = model.accumulate(batch, 1.0 / targets, false, 0) / targets;
      assertThat(loss).isCloseTo(golden.tensor("loss." + expected).getDouble(0), within(1e-12));
      assertThat(model.loss(batch) / targets).isCloseTo(loss, within(1e-12));
      SequencedMap<String, NativeTensor> gradients =
          builder.exportGradients(Path.of(definition), model.gradients()).tensors();
      assertThat(gradients).hasSizeGreaterThan(10);
      gradients.forEach((path, gradient) -> {
        double difference =
            Differences.relative(gradient, golden.tensor("grad." + expected + "." + path));
        LARGEST.merge(name + " " + form, difference, Math::max);
        assertThat(difference).as(path).isLessThan(1e-9);
      });
    }
  }
}
