package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recurrences by themselves, against the reference loops of each family. */
class RunTest {
  private static final Path RECURRENCES = Path.of("../models/recurrences");
  private static final Path GOLDEN = Path.of("../models/src/test/resources/golden/ops");
  static final List<String> FORMS =
      List.of("recurrent", "parallel", "chunkwise 1", "chunkwise 4", "chunkwise 5", "chunkwise 12");

  // The golden file, the file of the recurrence, its name, the order of axes.
  static final List<String> FAMILIES =
      List.of(
          "retention_recurrent retention Retention BTHD",
          "retention_parallel retention Retention BHTD",
          "retention_chunk4 retention Retention BTHD",
          "linear_attn linear-attention LinearAttention BTHD",
          "linear_attn_norm linear-attention NormalisedLinearAttention BTHD",
          "rwkv4_wkv rwkv4 Rwkv4 BTD",
          "simple_gla gla SimpleGatedLinearAttention BTHD",
          "gla gla GatedLinearAttention BTHD",
          "hgrn hgrn Hgrn BTD",
          "hgrn2 hgrn Hgrn2 BTHD",
          "mamba1_selective_scan mamba Mamba1 BDT",
          "mamba2_ssd mamba Mamba2 BTHD",
          "delta_rule delta-net DeltaNet BHTD",
          "gated_delta_rule delta-net GatedDeltaNet BTHD",
          "dplr delta-net Dplr BHTD");

  /** By recurrence and type: how far any form's outputs and end states are from the reference. */
  private static final Map<String, Double> LARGEST = new TreeMap<>();

  @TempDir private Path folder;

  @AfterAll
  static void writeDifferences() throws IOException {
    List<String> lines = new ArrayList<>();
    LARGEST.forEach((name, difference) -> lines.add("%s %.1e".formatted(name, difference)));
    Files.write(Path.of("target/recurrence-differences.txt"), lines);
  }

  static Stream<Arguments> families() {
    return FAMILIES.stream()
        .flatMap(family ->
            FORMS.stream()
                .flatMap(form -> Stream.of("f64", "f32").map(t -> Arguments.of(family, form, t))));
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyFormIsTheReference(String family, String form, String type) {
    String[] words = family.split(" ");
    Path out = folder.resolve("out.safetensors");
    List<Object> command =
        new ArrayList<>(
            List.of("run", RECURRENCES.resolve(words[1] + ".ret"), "--recurrence", words[2]));
    Path golden = GOLDEN.resolve(words[0] + "_" + type + ".safetensors");
    command.addAll(List.of("--inputs", golden, "--layout", words[3], "--dtype", type));
    command.addAll(List.of("--out", out, "--form", form.split(" ")[0]));
    if (form.contains(" ")) {
      command.addAll(List.of("--chunk", form.split(" ")[1]));
    }
    Outcome.of(command.toArray()).isFine();
    double tolerance = type.equals("f64") ? 1e-11 : 1e-5;
    Map<String, NativeTensor> expected =
        expected(GOLDEN.resolve(words[0] + "_f64.safetensors"), words[0]);
    try (SafetensorsFile result = SafetensorsFile.open(out)) {
      expected.forEach((name, tensor) -> {
        NativeTensor actual = result.read(name, ElementType.F64, Arena.ofAuto());
        assertThat(actual.shape()).as(name).isEqualTo(tensor.shape());
        double difference = difference(actual, tensor);
        LARGEST.merge(words[2] + " " + type, difference, Math::max);
        assertThat(difference).as(name).isLessThan(tolerance);
      });
    }
  }

  /** The outputs and end states of a reference. */
  private static Map<String, NativeTensor> expected(Path path, String family) {
    Map<String, NativeTensor> expected = new LinkedHashMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      for (String name : file.names()) {
        if (name.equals("out") || name.startsWith("ht.")) {
          expected.put(name, file.read(name, ElementType.F64, Arena.ofAuto()));
        }
      }
    }
    if (family.equals("rwkv4_wkv")) {
      // The reference divides both states by exp(o), where o is a running maximum.
      NativeTensor shift = expected.remove("ht.2");
      for (String name : List.of("ht.0", "ht.1")) {
        NativeTensor state = expected.get(name);
        for (long i = 0; i < state.size(); i++) {
          state.setDouble(i, state.getDouble(i) * Math.exp(shift.getDouble(i)));
        }
      }
    }
    return expected;
  }

  static double difference(NativeTensor actual, NativeTensor expected) {
    double largest = 0;
    double scale = 0;
    for (long i = 0; i < expected.size(); i++) {
      largest = Math.max(largest, Math.abs(actual.getDouble(i) - expected.getDouble(i)));
      scale = Math.max(scale, Math.abs(expected.getDouble(i)));
    }
    return largest / scale;
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 512})
  void longProductsOfDecaysStayFinite(int chunk) {
    long steps = 16384;
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    Random random = new Random(5);
    for (String name : List.of("in.q", "in.k", "in.v", "in.gk")) {
      NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, 1, steps, 1, 4);
      for (long i = 0; i < tensor.size(); i++) {
        // Decays from 1e-3 to 1, and of each magnitude as many.
        double value = random.nextDouble();
        tensor.setDouble(i, name.equals("in.gk") ? value * Math.log(1e-3) : 2 * value - 1);
      }
      tensors.put(name, tensor);
    }
    Path inputs = folder.resolve("long.safetensors");
    SafetensorsWriter.write(inputs, tensors, Map.of());
    Path exact = folder.resolve("exact.safetensors");
    Path chunkwise = folder.resolve("chunkwise.safetensors");
    String[] command = {
      "run",
      RECURRENCES.resolve("gla.ret").toString(),
      "--recurrence",
      "GatedLinearAttention",
      "--layout",
      "BTHD",
      "--inputs",
      inputs.toString()
    };
    Stream<Object> steady = Stream.of((Object[]) command);
    Outcome.of(
            Stream.concat(
                    steady, Stream.of("--form", "recurrent", "--dtype", "f64", "--out", exact))
                .toArray())
        .isFine();
    steady = Stream.of((Object[]) command);
    Outcome.of(
            Stream.concat(
                    steady, Stream.of("--form", "chunkwise", "--chunk", chunk, "--out", chunkwise))
                .toArray())
        .isFine();
    try (SafetensorsFile expected = SafetensorsFile.open(exact);
        SafetensorsFile actual = SafetensorsFile.open(chunkwise)) {
      for (String name : List.of("out", "ht.0")) {
        NativeTensor right = expected.read(name, ElementType.F64, Arena.ofAuto());
        NativeTensor found = actual.read(name, ElementType.F64, Arena.ofAuto());
        assertThat(difference(found, right)).as(name).isLessThan(1e-4);
      }
    }
  }

  private Path inputs(Map<String, long[]> shapes) {
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> {
      NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, shape);
      for (long i = 0; i < tensor.size(); i++) {
        tensor.setDouble(i, Math.sin(i + name.hashCode() % 7));
      }
      tensors.put(name, tensor);
    });
    Path path = folder.resolve("in.safetensors");
    SafetensorsWriter.write(path, tensors, Map.of());
    return path;
  }

  private Outcome run(Path inputs, String recurrence, String layout, String form) {
    return Outcome.of(
        "run",
        RECURRENCES.resolve("gla.ret"),
        "--recurrence",
        recurrence,
        "--inputs",
        inputs,
        "--layout",
        layout,
        "--form",
        form,
        "--out",
        folder.resolve("out.safetensors"));
  }

  @Test
  void wrongInputsAreNamed() {
    Path missing = inputs(Map.of("in.q", new long[] {1, 3, 2, 4}));
    run(missing, "GatedLinearAttention", "BTHD", "parallel")
        .saysWrongInput("it has no in.k, in.v, in.gk", "in.safetensors");
    run(missing, "GatedLinearAttentoin", "BTHD", "parallel")
        .saysWrongInput("GatedLinearAttention`", "gla.ret");
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("in.q", new long[] {1, 3, 2, 4});
    shapes.put("in.k", new long[] {1, 3, 2, 5});
    shapes.put("in.v", new long[] {1, 3, 2, 6});
    shapes.put("in.gk", new long[] {1, 3, 2, 4});
    run(inputs(shapes), "GatedLinearAttention", "BTHD", "parallel")
        .saysWrongInput("in.k [1, 3, 2, 5] has K = 5, where others have 4");
    shapes.put("in.k", new long[] {1, 4, 2, 4});
    run(inputs(shapes), "GatedLinearAttention", "BTHD", "parallel")
        .saysWrongInput("in.k [1, 4, 2, 4] has time = 4, where others have 3");
    shapes.put("in.k", new long[] {1, 3, 2});
    run(inputs(shapes), "GatedLinearAttention", "BTHD", "parallel")
        .saysWrongInput("in.k [1, 3, 2] should have the axes [K]");
  }

  @ParameterizedTest
  @CsvSource({"BTHDD", "THD", "BHD", "BTX", "''"})
  void wrongLayoutsAreRefused(String layout) {
    Outcome outcome = run(folder.resolve("none"), "GatedLinearAttention", layout, "parallel");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("--layout");
  }

  @ParameterizedTest
  @CsvSource({"BTHD, 2, 5, 3, 4", "BHTD, 2, 3, 5, 4", "HBTD, 3, 2, 5, 4"})
  void axesMayLieInAnyOrder(String layout, long a, long b, long c, long d) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (String name : List.of("in.q", "in.k", "in.gk")) {
      shapes.put(name, new long[] {a, b, c, d});
    }
    shapes.put("in.v", new long[] {a, b, c, 6});
    run(inputs(shapes), "GatedLinearAttention", layout, "chunkwise").isFine();
    try (SafetensorsFile result = SafetensorsFile.open(folder.resolve("out.safetensors"))) {
      assertThat(Arrays.stream(result.shape("out")).boxed()).containsExactly(a, b, c, 6L);
      assertThat(Arrays.stream(result.shape("ht.0")).boxed()).containsExactly(2L, 3L, 4L, 6L);
    }
  }
}
