package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.State;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every form of retnet.ret computes what the reference implementations' recurrent form does. */
class GoldenTest {
  private static final List<Integer> CHUNKS = List.of(1, 3, 5, 64);

  /** The largest difference of a logit in any form, as docs/numbers.md quotes it. */
  private static final Map<String, Double> LARGEST = new ConcurrentSkipListMap<>();

  @ParameterizedTest
  @CsvSource({
    "torchscale_one,  F64, W512",
    "torchscale_one,  F32, W256",
    "torchscale_tiny, F64, W128",
    "torchscale_tiny, F32, W512",
    "torchscale_odd,  F64, 'W512 W256 W128 SCALAR'",
    "torchscale_odd,  F32, 'W512 W256 W128 SCALAR'",
    "torchscale_emb,  F64, W256",
    "torchscale_emb,  F32, SCALAR",
    "syncdoth_tiny,   F64, W512",
    "syncdoth_tiny,   F32, W128",
    "syncdoth_odd,    F32, W512",
  })
  void everyFormGivesTheReferencesRecurrentLogits(String name, ElementType real, String widths) {
    Golden golden = new Golden(name, real);
    List<Width> all = Stream.of(widths.split(" ")).map(Width::valueOf).toList();
    ModelBuilder builder = golden.build(all);
    for (Width width : all) {
      try (RetainModel model = builder.open(width, Engine.shared())) {
        note(golden, width, assertThatItAgrees(golden, model, Form.RECURRENT, 1));
        note(golden, width, assertThatItAgrees(golden, model, Form.PARALLEL, 1));
        for (int chunk : CHUNKS) {
          note(golden, width, assertThatItAgrees(golden, model, Form.CHUNKWISE, chunk));
        }
      }
    }
  }

  private static void note(Golden golden, Width width, double difference) {
    LARGEST.merge(golden.name() + " " + golden.real() + " " + width, difference, Math::max);
  }

  @AfterAll
  static void writeDifferences() throws IOException {
    Files.write(
        Path.of("target/golden-differences.txt"),
        LARGEST.entrySet().stream()
            .map(entry -> "%s %.1e".formatted(entry.getKey(), entry.getValue()))
            .toList());
  }

  /** Returns the largest difference of a logit. */
  private static double assertThatItAgrees(Golden golden, RetainModel model, Form form, int chunk) {
    int[][] tokens = golden.tokens();
    try (Session session = model.newSession(tokens.length)) {
      NativeTensor logits = session.run(tokens, form, RunOptions.DEFAULT.withChunk(chunk));
      double difference = Differences.absolute(logits, golden.tensor("logits.recurrent"));
      assertThat(difference).as("logits, %s by %d", form, chunk).isLessThan(golden.tolerance());
      State state = session.state();
      assertThat(state.positions()).containsOnly(tokens[0].length);
      for (int layer = 0; layer < golden.layers(); layer++) {
        assertThatTheStateAgrees(golden, state, layer);
      }
      return difference;
    }
  }

  /** The references keep the transpose of S, over the root of z. */
  private static void assertThatTheStateAgrees(Golden golden, State state, int layer) {
    NativeTensor s = state.tensors().get("block." + layer + ".retention.Retention.S");
    NativeTensor z = state.tensors().get("block." + layer + ".retention.Retention.z");
    NativeTensor transposed = transposed(s);
    if (golden.name().startsWith("torchscale")) {
      NativeTensor expected = golden.tensor("state.recurrent." + layer + ".S_unnormalised");
      assertThat(transposed.shape()).isEqualTo(expected.shape());
      assertThat(Differences.absolute(transposed, expected)).isLessThan(golden.tolerance());
    }
    // torchscale keeps one scale for all sequences.
    NativeTensor scale = golden.tensor("state.recurrent." + layer + ".scale");
    for (int i = 0; i < z.size(); i++) {
      assertThat(z.getDouble(i))
          .isCloseTo(scale.getDouble(i % scale.size()), within(golden.tolerance()));
    }
    NativeTensor normalised = transposed.copyOf(Arena.ofAuto());
    long perHead = normalised.size() / z.size();
    for (long i = 0; i < normalised.size(); i++) {
      normalised.setDouble(i, transposed.getDouble(i) / Math.sqrt(z.getDouble(i / perHead)));
    }
    NativeTensor expected = golden.tensor("state.recurrent." + layer + ".prev_key_value");
    assertThat(Differences.absolute(normalised, expected)).isLessThan(golden.tolerance());
  }

  /** [batch, head, K, V] as [batch, head, V, K]. */
  private static NativeTensor transposed(NativeTensor tensor) {
    long[] shape = tensor.shape();
    NativeTensor result =
        NativeTensor.allocate(
            Arena.ofAuto(), tensor.type(), shape[0], shape[1], shape[3], shape[2]);
    for (long matrix = 0; matrix < shape[0] * shape[1]; matrix++) {
      for (long k = 0; k < shape[2]; k++) {
        for (long v = 0; v < shape[3]; v++) {
          result.setDouble(
              (matrix * shape[3] + v) * shape[2] + k,
              tensor.getDouble((matrix * shape[2] + k) * shape[3] + v));
        }
      }
    }
    return result;
  }

  @Test
  void paddedSequencesGiveWhatTheyDoAlone() {
    Golden golden = new Golden("syncdoth_leftpad", ElementType.F32);
    ModelBuilder builder = golden.build(List.of(Width.W512));
    try (RetainModel model = builder.open(Width.W512, Engine.shared())) {
      for (Form form : Form.values()) {
        for (int chunk : form == Form.CHUNKWISE ? CHUNKS : List.of(1)) {
          assertThatPaddingChangesNothing(golden, model, form, RunOptions.DEFAULT.withChunk(chunk));
        }
      }
    }
  }

  private static void assertThatPaddingChangesNothing(
      Golden golden, RetainModel model, Form form, RunOptions options) {
    int[][] tokens = golden.tokens();
    try (Session together = model.newSession(tokens.length)) {
      NativeTensor logits =
          together.run(tokens, form, options.withMask(golden.tensor("attention_mask")));
      assertThat(Differences.absolute(logits, logits)).as("padding is finite").isZero();
      for (int row = 0; row < tokens.length; row++) {
        String what = "sequence %d, %s by %d".formatted(row, form, options.chunk().orElseThrow());
        NativeTensor expected = golden.tensor("logits.unpadded." + row);
        int length = (int) expected.shape()[1];
        int padding = tokens[row].length - length;
        int[][] unpadded = {Arrays.copyOfRange(tokens[row], padding, tokens[row].length)};
        NativeTensor padded = Differences.steps(logits, row, padding, length);
        assertThat(Differences.absolute(padded, expected)).as(what).isLessThan(golden.tolerance());
        try (Session alone = model.newSession(1)) {
          assertThat(Differences.relative(padded, alone.run(unpadded, form, options)))
              .as(what)
              .isLessThan(1e-5);
          assertThat(Differences.relative(together.state().slice(row), alone.state()))
              .as(what)
              .isLessThan(1e-5);
        }
      }
    }
  }
}
