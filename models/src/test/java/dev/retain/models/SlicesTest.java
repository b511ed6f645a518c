package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Losses over a vocabulary that is too large for the logits of all positions at once: a block has
 * several slices of them, the last one shorter. Blocks of few steps have one slice, and are what
 * others are held against.
 */
class SlicesTest {
  private static final int VOCABULARY = 8200;
  private static final int BATCH = 2;
  private static final int TIME = 700;
  private static final int ONE_SLICE = 100;

  static final String HEADS =
      """
      import std.layers

      model Heads(vocab = 8200, d = 4, dropout = 0.0) {
        layer embed = Embedding(vocab, d), norm = RmsNorm(d, 0.01), readout = %s(d, vocab)
        in token: index of vocab
        out readout(dropout(norm(embed(token)), dropout))
      }
      """;

  /** Both uses of the weight add to its gradient. */
  private static final String TIED =
      """
      model Tied(vocab = 8200, d = 4) {
        axis  hidden = 5
        param weight: [vocab, d] ~ normal(0.5)
        param W: [d, hidden] ~ normal(0.5), U: [hidden, d] ~ normal(0.5)
        in token: index of vocab
        out (tanh(weight[token] @ W) @ U) @ weight
      }
      """;

  private enum Head {
    LINEAR(HEADS.formatted("Linear"), "dropout=0.0"),
    BIASED(HEADS.formatted("Affine"), "dropout=0.0"),
    DROPPED(HEADS.formatted("Linear"), "dropout=0.3"),
    TIED(SlicesTest.TIED, "d=4");

    private final String text;
    private final String settings;

    Head(String text, String settings) {
      this.text = text;
      this.settings = settings;
    }
  }

  @TempDir private static Path folder;

  private static ModelBuilder build(Head head, ElementType real) throws IOException {
    Path file = Files.writeString(folder.resolve(head + ".ret"), head.text);
    return Definitions.build(file.toString(), head.settings, real, List.of(Width.W512));
  }

  private static TrainingBatch dense() {
    return TrainingBatch.ofNextTokens(Definitions.tokens(new Random(3), BATCH, TIME, VOCABULARY));
  }

  /** Documents begin anywhere, and some tokens are not to be foreseen. */
  private static TrainingBatch packed() {
    TrainingBatch dense = dense();
    Random random = new Random(4);
    boolean[][] resets = new boolean[BATCH][TIME];
    int[][] targets = dense.targets();
    for (int row = 0; row < BATCH; row++) {
      for (int step = 1; step < TIME; step++) {
        if (random.nextInt(50) == 0) {
          resets[row][step] = true;
          targets[row][step - 1] = TrainingBatch.NONE;
        }
      }
    }
    return new TrainingBatch(dense.tokens(), targets, Optional.of(resets));
  }

  private static Map<String, NativeTensor> copied(Map<String, NativeTensor> tensors) {
    Map<String, NativeTensor> copies = new LinkedHashMap<>();
    tensors.forEach((path, tensor) -> copies.put(path, tensor.copyOf(Arena.ofAuto())));
    return copies;
  }

  /** Noise is drawn block by block, so what is dropped is not the same. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DROPPED")
  void gradientsAreThoseOfOneSlice(Head head) throws IOException {
    ModelBuilder builder = build(head, ElementType.F64);
    for (TrainingBatch batch : List.of(dense(), packed())) {
      try (BlockGradientModel one = LossDifferences.open(builder, "chunkwise", ONE_SLICE);
          BlockGradientModel many = LossDifferences.open(builder, "chunkwise", TIME)) {
        double loss = one.accumulate(batch, 0.01, false, 5);
        assertThat(many.accumulate(batch, 0.01, false, 5)).isCloseTo(loss, within(1e-7));
        assertThat(many.loss(batch)).isCloseTo(one.loss(batch), within(1e-7));
        one.gradients()
            .forEach((path, gradient) ->
                assertThat(Differences.relative(many.gradients().get(path), gradient))
                    .as(path)
                    .isLessThan(1e-11));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAreThoseOfFiniteDifferences(Head head) throws IOException {
    try (BlockGradientModel model =
        LossDifferences.open(build(head, ElementType.F64), "chunkwise", TIME)) {
      assertThat(LossDifferences.error(model, packed(), 1)).isLessThan(1e-8);
    }
  }

  /** Slices are the same for all of them, and are added up in their order. */
  @ParameterizedTest
  @EnumSource(names = {"BIASED", "TIED"})
  void anyNumberOfWorkersGivesTheSameBits(Head head) throws IOException {
    ModelBuilder builder = build(head, ElementType.F32);
    Map<String, NativeTensor> expected = Map.of();
    for (int workers : List.of(1, 2, 3)) {
      try (Engine engine = Engine.withWorkers(workers);
          BlockGradientModel model = LossDifferences.open(builder, "parallel", 1, engine)) {
        model.accumulate(packed(), 0.1, false, 3);
        for (Map.Entry<String, NativeTensor> one : expected.entrySet()) {
          assertThat(
                  model.gradients().get(one.getKey()).segment().mismatch(one.getValue().segment()))
              .as("%s, %d workers", one.getKey(), workers)
              .isEqualTo(-1);
        }
        expected = copied(model.gradients());
      }
    }
  }

  /** Of weights that are used twice, too, and of losses without gradients. */
  @ParameterizedTest
  @EnumSource
  void logitsOfAllPositionsAreNeverThere(Head head) throws IOException {
    try (BlockGradientModel model =
        LossDifferences.open(build(head, ElementType.F32), "chunkwise", 8 * TIME)) {
      TrainingBatch batch =
          TrainingBatch.ofNextTokens(
              Definitions.tokens(new Random(3), BATCH, 8 * TIME, VOCABULARY));
      long logits = 4L * VOCABULARY * BATCH * 8 * TIME;
      model.loss(batch);
      assertThat(model.bytes()).isLessThan(logits / 3);
      model.accumulate(batch, 1, false, 1);
      assertThat(model.bytes()).isLessThan(logits);
    }
  }

  @Test
  void whatIsNotFiniteIsFoundInAnySlice() throws IOException {
    try (BlockGradientModel model =
        LossDifferences.open(build(Head.LINEAR, ElementType.F32), "chunkwise", TIME)) {
      TrainingBatch batch = dense();
      assertThat(model.firstNonFinite(batch, false, 1)).isEmpty();
      int last = batch.tokens()[BATCH - 1][TIME - 2];
      model.parameters().get("readout.weight").setDouble(last, Double.POSITIVE_INFINITY);
      assertThat(model.firstNonFinite(batch, false, 1)).get().asString().contains("readout");
    }
  }
}
