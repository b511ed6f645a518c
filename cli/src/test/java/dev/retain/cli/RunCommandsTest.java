package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The commands that run a compiled model. */
class RunCommandsTest {
  private static final int VOCABULARY = 256;

  @TempDir private static Path folder;
  private static Path jar;
  private static Path text;

  @BeforeAll
  static void compile() throws IOException {
    jar = folder.resolve("small.jar");
    Outcome.of("compile", Outcome.small(), "-o", jar, "--dtype", "f64", "--seed", "3").isFine();
    text = folder.resolve("text.txt");
    Files.writeString(text, "Räder rollen, und der Text ist länger als ein Fenster. ".repeat(6));
  }

  @Test
  void inspectTellsWhatIsInAJar() {
    JsonNode values = Outcome.of("inspect", jar, "--json").isFine().json();
    assertThat(values.get("name").asString()).isEqualTo("Small");
    assertThat(values.get("dtype").asString()).isEqualTo("f64");
    assertThat(values.get("seed").asLong()).isEqualTo(3);
    assertThat(values.get("hyperparameters").get("heads").asString()).isEqualTo("2");
    assertThat(values.get("parameter_count").asLong()).isEqualTo(2 * 256 * 16 + 16 + 4 * 16 * 16);
    assertThat(values.get("state_bytes").asLong()).isEqualTo(8 * (2 * 8 * 8 + 2));
    JsonNode proof = values.get("certificate").get("proofs").get(0);
    assertThat(proof.get("verdict").asString()).isEqualTo("proved");
    assertThat(proof.get("error_bits").asInt()).isPositive();
    assertThat(Outcome.of("inspect", jar).isFine().out())
        .contains("Small, from small.ret", "heads = 2", "Wq", "seed 3", "chunkwise");
  }

  /** All commands take a jar whose weights are stored small. */
  @ParameterizedTest
  @ValueSource(strings = {"bf16", "int8"})
  void weightsMayBeStoredSmall(String stored) {
    Path small = folder.resolve(stored + ".jar");
    assertThat(
            Outcome.of("compile", Outcome.small(), "-o", small, "--seed", "3", "--store", stored)
                .isFine()
                .out())
        .contains("f32, stored as " + stored + ", seed 3");
    JsonNode values = Outcome.of("inspect", small, "--json").isFine().json();
    assertThat(values.get("weights").asString()).isEqualTo("stored");
    for (JsonNode parameter : values.get("parameters")) {
      boolean isMatrix = parameter.get("axes").size() > 1;
      assertThat(parameter.get("stored").asString()).isEqualTo(isMatrix ? stored : "f32");
    }
    assertThat(Outcome.of("inspect", small).isFine().out()).contains(stored);
    double exact = bitsPerByte(jar, "chunkwise");
    double recurrent = bitsPerByte(small, "recurrent");
    for (String form : List.of("chunkwise", "parallel")) {
      assertThat(bitsPerByte(small, form)).isEqualTo(recurrent, within(1e-5));
    }
    assertThat(recurrent).isNotEqualTo(exact).isEqualTo(exact, within(0.05));
    Outcome.of("generate", small, "--prompt", "It", "--max-tokens", "5").isFine();
  }

  private static double bitsPerByte(Path model, String form) {
    return Outcome.of("score", model, "--text", text, "--form", form, "--json")
        .isFine()
        .json()
        .get("bits_per_byte")
        .asDouble();
  }

  @Test
  void whatComputesInFloat64IsNotStoredSmall() {
    Outcome outcome =
        Outcome.of(
            "compile",
            Outcome.small(),
            "-o",
            folder.resolve("no.jar"),
            "--dtype",
            "f64",
            "--store",
            "int8");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("--store goes with --dtype f32");
  }

  @ParameterizedTest
  @CsvSource({
    "recurrent, 1, 4096",
    "recurrent, 1, 7",
    "chunkwise, 64, 4096",
    "chunkwise, 5, 17",
    "parallel, 1, 512",
    "parallel, 1, 100",
    "parallel, 1, 1",
  })
  void everyFormAndWindowScoresTheSame(String form, int chunk, int length) throws IOException {
    JsonNode reference = Outcome.of("score", jar, "--text", text, "--json").isFine().json();
    JsonNode values =
        Outcome.of(
                "score",
                jar,
                "--text",
                text,
                "--json",
                "--form",
                form,
                "--chunk",
                chunk,
                "--length",
                length)
            .isFine()
            .json();
    double bits = reference.get("bits_per_byte").asDouble();
    assertThat(values.get("bits_per_byte").asDouble()).isCloseTo(bits, within(1e-12 * bits));
    assertThat(values.get("perplexity").asDouble()).isCloseTo(Math.pow(2, bits), within(1e-9));
    assertThat(values.get("tokens").asLong()).isEqualTo(Files.size(text) - 1);
    assertThat(values.get("tokens_per_second").asDouble()).isPositive();
  }

  @Test
  void theScoreIsTheMeanCrossEntropyOfTheLogits() throws IOException {
    byte[] bytes = "abcab".getBytes();
    Path file = Files.write(folder.resolve("abcab.txt"), bytes);
    Path ids = ids("abcab", new int[][] {{'a', 'b', 'c', 'a', 'b'}});
    NativeTensor logits = logits(ids, "--form", "recurrent");
    double nats = 0;
    for (int step = 0; step < bytes.length - 1; step++) {
      double sum = 0;
      for (int i = 0; i < VOCABULARY; i++) {
        sum += Math.exp(logits.getDouble(step * VOCABULARY + i));
      }
      nats += Math.log(sum) - logits.getDouble(step * VOCABULARY + bytes[step + 1]);
    }
    JsonNode values = Outcome.of("score", jar, "--text", file, "--json").isFine().json();
    assertThat(values.get("bits_per_byte").asDouble())
        .isCloseTo(nats / 4 / Math.log(2), within(1e-12));
    assertThat(Outcome.of("score", jar, "--text", file).isFine().out())
        .contains("bits per byte", "per token", "tokens/s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x"})
  void aTextWithNothingToPredictIsRefused(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("short.txt"), content);
    Outcome.of("score", jar, "--text", file).saysWrongInput("short.txt", "give 2 or more");
  }

  @Test
  void generatingIsRepeatable() {
    Object[] command = {"generate", jar, "--prompt", "Räder", "--max-tokens", 20, "--seed", 5};
    String written = Outcome.of(command).isFine().out();
    assertThat(Outcome.of(command).isFine().out()).isEqualTo(written).endsWith("\n");
    assertThat(Outcome.of("generate", jar, "--prompt", "Räder", "--max-tokens", 20).isFine().out())
        .isNotEqualTo(written);
  }

  @Test
  void generatingEndsWithALineOfJson() {
    Outcome outcome =
        Outcome.of(
                "generate",
                jar,
                "--prompt",
                "",
                "--max-tokens",
                3,
                "--temperature",
                0,
                "--json",
                "--top-k",
                4,
                "--top-p",
                0.9,
                "--threads",
                1)
            .isFine();
    JsonNode values = outcome.json();
    assertThat(values.get("tokens").asInt()).isEqualTo(3);
    assertThat(values.get("prompt_tokens").asInt()).isEqualTo(1);
    assertThat(outcome.out()).startsWith(values.get("text").asString());
  }

  @Test
  void generatingGoesOnWhereThePromptEnds() {
    String first = greedy("ab", 1);
    assertThat(greedy("ab" + first, 1)).isEqualTo(greedy("ab", 2).substring(first.length()));
  }

  private static String greedy(String prompt, int count) {
    return Outcome.of(
            "generate",
            jar,
            "--prompt",
            prompt,
            "--max-tokens",
            count,
            "--temperature",
            0,
            "--json")
        .isFine()
        .json()
        .get("text")
        .asString();
  }

  @Test
  void aStateOnDiskGoesOnInAnyForm() throws IOException {
    Path whole = ids("whole", new int[][] {{1, 2, 3, 4, 5, 6, 7}, {9, 8, 7, 6, 5, 4, 3}});
    Path head = ids("head", new int[][] {{1, 2, 3}, {9, 8, 7}});
    Path tail = ids("tail", new int[][] {{4, 5, 6, 7}, {6, 5, 4, 3}});
    Path state = folder.resolve("state.safetensors");
    NativeTensor expected = logits(whole, "--form", "parallel");
    NativeTensor first = logits(head, "--form", "chunkwise", "--chunk", 2, "--state-out", state);
    NativeTensor second = logits(tail, "--form", "recurrent", "--state-in", state);
    assertThat(expected.shape()).containsExactly(2, 7, VOCABULARY);
    for (int row = 0; row < 2; row++) {
      same(expected, row * 7, first, row * 3, 3);
      same(expected, row * 7 + 3, second, row * 4, 4);
    }
  }

  @Test
  void paddingChangesNothing() throws IOException {
    Path padded = ids("padded", new int[][] {{0, 0, 1, 2, 3}, {9, 8, 7, 6, 5}});
    NativeTensor masked = logits(padded, "--form", "chunkwise", "--mask", "attention_mask");
    NativeTensor alone = logits(ids("alone", new int[][] {{1, 2, 3}}), "--form", "recurrent");
    NativeTensor other = logits(ids("other", new int[][] {{9, 8, 7, 6, 5}}), "--form", "recurrent");
    same(masked, 2, alone, 0, 3);
    same(masked, 5, other, 0, 5);
  }

  @Test
  void wrongIdsAreRefused() throws IOException {
    Path ids = ids("ids", new int[][] {{1, 2, 300}});
    Path out = folder.resolve("refused.safetensors");
    Outcome.of("logits", jar, "--ids", ids, "--form", "parallel", "--out", out)
        .saysWrongInput("[0, 2]", "300", "vocabulary");
    Path right = ids("right", new int[][] {{1, 2, 3}});
    Outcome.of("logits", jar, "--ids", right, "--form", "fast", "--out", out)
        .saysWrongInput("no form 'fast'", "recurrent, parallel, chunkwise");
    Outcome.of("logits", jar, "--ids", ids, "--name", "x", "--form", "parallel", "--out", out)
        .saysWrongInput("\"x\"", "input_ids");
    Outcome.of("logits", jar, "--ids", ids, "--form", "parallel", "--out", out, "--state-in", ids)
        .saysWrongInput("no saved state");
    assertThat(out).doesNotExist();
  }

  private static Path ids(String name, int[][] rows) throws IOException {
    int time = rows[0].length;
    NativeTensor ids = NativeTensor.allocate(Arena.ofAuto(), ElementType.I64, rows.length, time);
    NativeTensor mask = NativeTensor.allocate(Arena.ofAuto(), ElementType.I64, rows.length, time);
    for (int row = 0; row < rows.length; row++) {
      for (int step = 0; step < time; step++) {
        ids.setDouble(row * time + step, rows[row][step]);
        mask.setDouble(row * time + step, rows[row][step] == 0 ? 0 : 1);
      }
    }
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    tensors.put("input_ids", ids);
    tensors.put("attention_mask", mask);
    Path file = folder.resolve(name + ".safetensors");
    SafetensorsWriter.write(file, tensors, Map.of());
    return file;
  }

  private static NativeTensor logits(Path ids, Object... options) {
    Path out = folder.resolve("logits.safetensors");
    Object[] command = new Object[6 + options.length];
    System.arraycopy(new Object[] {"logits", jar, "--ids", ids, "--out", out}, 0, command, 0, 6);
    System.arraycopy(options, 0, command, 6, options.length);
    Outcome.of(command).isFine();
    try (SafetensorsFile file = SafetensorsFile.open(out)) {
      return file.read("logits", Arena.ofAuto());
    }
  }

  private static void same(NativeTensor one, int from, NativeTensor other, int start, int steps) {
    for (int i = 0; i < steps * VOCABULARY; i++) {
      assertThat(other.getDouble((long) start * VOCABULARY + i))
          .isCloseTo(one.getDouble((long) from * VOCABULARY + i), within(1e-12));
    }
  }
}
