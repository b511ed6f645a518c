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
import dev.retain.runtime.training.optimiser.AdamW;
import dev.retain.runtime.training.optimiser.Gradients;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients stay finite, and right, where parts of what they are made of are not. */
class GradientRangeTest {
  private static final List<String> FORMS = List.of("recurrent", "parallel", "chunkwise");

  @TempDir private Path folder;

  private static ModelBuilder retnet(ElementType real) {
    return Definitions.build(
        "retnet.ret", "vocab=11 d=8 heads=2 layers=2 value=12 ffn=10", real, List.of(Width.W512));
  }

  private static void scale(NativeTensor tensor, double factor) {
    for (long i = 0; i < tensor.size(); i++) {
      tensor.setDouble(i, factor * tensor.getDouble(i));
    }
  }

  /** Among stages that run together, too: the norm is one of several, the readout comes next. */
  @ParameterizedTest
  @ValueSource(strings = {"parallel", "chunkwise"})
  void whatIsNotFiniteIsFoundWhereItArises(String form) {
    TrainingBatch batch = TrainingBatch.ofNextTokens(Definitions.tokens(new Random(3), 2, 9, 11));
    try (BlockGradientModel model = LossDifferences.open(retnet(ElementType.F32), form, 4)) {
      model.parameters().get("final_norm.weight").setDouble(3, Double.POSITIVE_INFINITY);
      assertThat(model.firstNonFinite(batch, false, 0).orElseThrow())
          .startsWith("what final_norm.weight is used for");
    }
  }

  private static void assertFormsAgree(
      ModelBuilder builder, TrainingBatch batch, Map<String, Double> factors, double tolerance) {
    Map<String, NativeTensor> expected = new LinkedHashMap<>();
    double[] losses = new double[FORMS.size()];
    for (int form = 0; form < FORMS.size(); form++) {
      try (BlockGradientModel model = LossDifferences.open(builder, FORMS.get(form), 16)) {
        model
            .parameters()
            .forEach((path, tensor) ->
                factors.forEach((end, factor) -> {
                  if (path.endsWith(end)) {
                    scale(tensor, factor);
                  }
                }));
        losses[form] = model.accumulate(batch, 1.0 / batch.targetCount(), false, 0);
        assertThat(losses[form]).isFinite().isCloseTo(losses[0], within(tolerance * losses[0]));
        assertThat(Gradients.firstNonFinite(model.gradients())).isEmpty();
        double norm =
            new AdamW(model, Set.of(), new AdamW.Settings(0, 0, 0, 0), Engine.shared()).norm();
        assertThat(norm).isPositive();
        for (Map.Entry<String, NativeTensor> gradient : model.gradients().entrySet()) {
          NativeTensor first =
              expected.computeIfAbsent(
                  gradient.getKey(), path -> gradient.getValue().copyOf(Arena.ofAuto()));
          // Hardly anything flows back through what is saturated: rounding shows there.
          assertThat(Differences.absolute(gradient.getValue(), first) / norm)
              .as("%s, %s", FORMS.get(form), gradient.getKey())
              .isLessThan(tolerance);
        }
      }
    }
  }

  private static TrainingBatch batch(int time) {
    return TrainingBatch.ofNextTokens(Definitions.tokens(new Random(2), 2, time, 11));
  }

  private static double tolerance(ElementType real) {
    return real == ElementType.F64 ? 1e-11 : 1e-4;
  }

  /** Gates of some hundreds: the exponentials in them are infinite, or 0. */
  @ParameterizedTest
  @EnumSource(names = {"F64", "F32"})
  void largeGates(ElementType real) {
    assertFormsAgree(
        retnet(real), batch(40), Map.of("Wg", 500.0, "fc1.weight", 500.0), tolerance(real));
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32"})
  void largeLogits(ElementType real) {
    assertFormsAgree(retnet(real), batch(40), Map.of("readout.weight", 1e4), tolerance(real));
  }

  /**
   * Powers of the smallest gamma, 31/32, from step to step: in the half above the diagonal they
   * would be infinite in float32 from 2800 steps on.
   */
  @Test
  void longSequences() {
    TrainingBatch batch =
        TrainingBatch.ofNextTokens(Definitions.tokens(new Random(2), 1, 3500, 11));
    assertFormsAgree(retnet(ElementType.F32), batch, Map.of(), 1e-4);
  }

  /** Decays that are 0 in float32, or 1, and so are their complements. */
  @ParameterizedTest
  @ValueSource(strings = {"a * S", "w * S", "x * S", "w * x * S"})
  void saturatedDecays(String kept) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("model.ret"),
            """
            import std.layers

            recurrence R {
              axis  K, V
              in    q, k, w: [K], v, x: [V], a: []
              state S: [K, V] = 0
              S' = %s + (1 - w) * v
              out (q * k) @ S'
            }

            model Decays(vocab = 11, d = 6) {
              axis  K = 4, V = 3
              layer embed = Embedding(vocab, d), readout = Linear(V, vocab)
              param Wq, Wk, Ww: [d, K] ~ normal(0.5), Wv, Wx: [d, V] ~ normal(0.5)
              param Wa: [d] ~ normal(0.5)
              in token: index of vocab
              e = embed(token)
              out readout(
                  R(q = e @ Wq, k = e @ Wk, w = sigmoid(e @ Ww), v = e @ Wv,
                    x = sigmoid(e @ Wx), a = sigmoid(e @ Wa)))
            }
            """
                .formatted(kept));
    for (ElementType real : List.of(ElementType.F64, ElementType.F32)) {
      ModelBuilder builder = Definitions.build(file.toString(), "d=6", real, List.of(Width.W512));
      Map<String, Double> factors = Map.of("Wa", 200.0, "Ww", 200.0, "Wx", 200.0);
      assertFormsAgree(builder, batch(40), factors, tolerance(real));
    }
  }
}
