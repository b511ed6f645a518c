package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.ModelBuilder;
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
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gradients of whole models in float64 against finite differences, over several blocks of which the
 * last is shorter.
 */
class FiniteDifferencesTest {
  private static final TrainingBatch BATCH =
      TrainingBatch.ofNextTokens(Definitions.tokens(new Random(3), 2, 11, 11));

  private static final String LAYERS =
      """
      import std.layers

      model Layers(vocab = 11, d = 6, hidden = 7) {
        axis  group = 2, width = 3
        layer embed = Embedding(vocab, d), readout = Affine(d, vocab), linear = Linear(d, d)
        layer rms_norm = RmsNorm(d), layer_norm = LayerNorm(d), group_norm = GroupNorm(group, width)
        layer swiglu = Glu(d, hidden, swish), geglu = Glu(d, hidden, gelu)
        layer reglu = Glu(d, hidden, relu), plain_glu = Glu(d, hidden, sigmoid)
        layer bilinear = Glu(d, hidden, identity)
        layer feed_swish = FeedForward(d, hidden, swish), feed_gelu = FeedForward(d, hidden, gelu)
        layer feed_relu = FeedForward(d, hidden, relu)
        layer feed_sigmoid = FeedForward(d, hidden, sigmoid)
        layer feed_identity = FeedForward(d, hidden, identity)
        param Wi: [d, group, width] ~ normal(0.5), Wo: [group, width, d] ~ normal(0.5)
        in token: index of vocab
        x = embed(token)
        a = x + linear(rms_norm(x)) + swiglu(x) + geglu(x)
        b = a + reglu(layer_norm(a)) + plain_glu(a) + bilinear(a)
        c = b + feed_swish(b) + feed_gelu(b) + feed_relu(b) + feed_sigmoid(b) + feed_identity(b)
        out readout(c + group_norm(c @ Wi) @ Wo)
      }
      """;

  /** The weight of the embedding is also that of the readout. */
  private static final String TIED =
      """
      model Tied(vocab = 11, d = 6) {
        axis  hidden = 5
        param weight: [vocab, d] ~ normal(0.5)
        param W: [d, hidden] ~ normal(0.5), U: [hidden, d] ~ normal(0.5)
        in token: index of vocab
        out (tanh(weight[token] @ W) @ U) @ weight
      }
      """;

  private static final String STOPPED =
      """
      import std.layers

      model Stopped(vocab = 11, d = 6) {
        layer embed = Embedding(vocab, d), readout = Linear(d, vocab)
        layer stopped = Affine(d, d), other = Affine(d, d)
        in token: index of vocab
        x = embed(token)
        out readout(other(x) * exp(stop_gradient(stopped(other(x)))) / 2)
      }
      """;

  @TempDir private static Path folder;

  private static ModelBuilder build(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("model.ret"), text);
    return Definitions.build(file.toString(), "d=6", ElementType.F64, List.of(Width.W512));
  }

  private static void check(ModelBuilder builder, String form) {
    try (BlockGradientModel model = LossDifferences.open(builder, form, 4)) {
      assertThat(LossDifferences.error(model, BATCH, 0)).isLessThan(1e-8);
      model
          .gradients()
          .forEach((path, gradient) -> assertThat(size(gradient)).as(path).isPositive());
    }
  }

  private static double size(NativeTensor tensor) {
    double size = 0;
    for (long i = 0; i < tensor.size(); i++) {
      size = Math.max(size, Math.abs(tensor.getDouble(i)));
    }
    return size;
  }

  @ParameterizedTest
  @ValueSource(strings = {"recurrent", "chunkwise"})
  void everyLayerOfTheStandardLibrary(String form) throws IOException {
    check(build(LAYERS), form);
  }

  @Test
  void aWeightThatIsUsedTwice() throws IOException {
    check(build(TIED), "chunkwise");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.9 * S",
        "decay * S",
        "a * S",
        "k_decay * S",
        "w * S",
        "x * S",
        "w * x * S",
        "a * turn(S, angle over K)",
        "a * (S - w * k * (k @ S))"
      })
  void everyClassOfDecay(String kept) throws IOException {
    ModelBuilder builder =
        build(
            """
            import std.layers

            recurrence R {
              axis  K, V, pair = K / 2
              param decay: [], k_decay: [K]
              in    q, k, w: [K], v, x: [V], a: [], angle: [pair]
              state S: [K, V] = 0
              S' = %s + k * v
              out q @ S'
            }

            model Decays(vocab = 11, d = 6) {
              axis  K = 4, V = 3, pair = 2
              layer embed = Embedding(vocab, d), readout = Linear(V, vocab)
              param Wq, Wk, Ww: [d, K] ~ normal(0.5), Wv, Wx: [d, V] ~ normal(0.5)
              param Wa: [d] ~ normal(0.5), Wp: [d, pair] ~ normal(0.5)
              param decay: [] = 0.7, k_decay: [K] = 0.6
              in token: index of vocab
              e = embed(token)
              o = R(decay, k_decay, q = e @ Wq, k = e @ Wk, w = sigmoid(e @ Ww), v = e @ Wv,
                  x = sigmoid(e @ Wx), a = sigmoid(e @ Wa), angle = e @ Wp)
              out readout(o)
            }
            """
                .formatted(kept));
    try (BlockGradientModel model = LossDifferences.open(builder, "chunkwise", 4)) {
      assertThat(LossDifferences.error(model, BATCH, 0)).isLessThan(1e-8);
    }
  }

  /** With an eps at which a norm of next to nothing does not bend too sharply for differences. */
  @ParameterizedTest
  @CsvSource({
    "retnet.ret, recurrent",
    "retnet.ret, parallel",
    "retnet.ret, chunkwise",
    "retnet-paper.ret, chunkwise",
    "ablations/no-decay.ret, chunkwise",
    "ablations/no-gate.ret, chunkwise",
    "ablations/no-head-norm.ret, chunkwise",
    "ablations/single-decay.ret, chunkwise",
  })
  void retNet(String file, String form) {
    check(
        Definitions.build(
            file,
            "vocab=11 d=8 heads=2 layers=2 value=12 ffn=10 eps=0.01",
            ElementType.F64,
            List.of(Width.W512)),
        form);
  }

  @Test
  void retNetOfSmallHeads() {
    check(
        Definitions.build(
            "ablations/small-heads.ret",
            "vocab=11 d=32 layers=1 value=48 ffn=10 eps=0.01",
            ElementType.F64,
            List.of(Width.W512)),
        "chunkwise");
  }

  /** The loss that is returned is that of the same noise as the gradients. */
  @ParameterizedTest
  @ValueSource(strings = {"recurrent", "chunkwise"})
  void dropout(String form) {
    ModelBuilder builder =
        Definitions.build(
            "retnet.ret",
            "vocab=11 d=8 heads=2 layers=2 value=12 ffn=10 dropout=0.3",
            ElementType.F64,
            List.of(Width.W512));
    try (BlockGradientModel model = LossDifferences.open(builder, form, 4)) {
      double one = model.accumulate(BATCH, 1, false, 1);
      assertThat(model.accumulate(BATCH, 1, false, 1)).isEqualTo(one);
      assertThat(model.accumulate(BATCH, 1, false, 2)).isNotEqualTo(one);
      assertThat(model.loss(BATCH)).isNotEqualTo(one);
      assertThat(LossDifferences.error(model, BATCH, 1)).isLessThan(1e-8);
    }
  }

  /** Nothing flows back through what is stopped, and all else as if it were a number. */
  @Test
  void stopGradient() throws IOException {
    ModelBuilder builder = build(STOPPED);
    try (BlockGradientModel model = LossDifferences.open(builder, "chunkwise", 4)) {
      double error =
          LossDifferences.error(
              model, path -> path.startsWith("readout"), one -> one.accumulate(BATCH, 1, false, 0));
      assertThat(error).isLessThan(1e-8);
      for (Map.Entry<String, NativeTensor> gradient : model.gradients().entrySet()) {
        boolean stopped = gradient.getKey().startsWith("stopped");
        assertThat(size(gradient.getValue()) == 0).as(gradient.getKey()).isEqualTo(stopped);
      }
    }
  }
}
