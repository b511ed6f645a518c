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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of recurrences by themselves, against autograd through each family's own loop. */
class RunGradientsTest {
  private static final Path RECURRENCES = Path.of("../models/recurrences");
  private static final Path GOLDEN = Path.of("../models/src/test/resources/golden/ops");

  /** By recurrence: how far any form's gradients are from the reference. */
  private static final Map<String, Double> LARGEST = new TreeMap<>();

  @TempDir private Path folder;

  @AfterAll
  static void writeDifferences() throws IOException {
    List<String> lines = new ArrayList<>();
    LARGEST.forEach((name, difference) -> lines.add("%s %.1e".formatted(name, difference)));
    Files.write(Path.of("target/gradient-differences.txt"), lines);
  }

  static Stream<Arguments> families() {
    return RunTest.FAMILIES.stream()
        .flatMap(family -> RunTest.FORMS.stream().map(form -> Arguments.of(family, form)));
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyFormHasTheGradientsOfTheReference(String family, String form) {
    String[] words = family.split(" ");
    SequencedMap<String, NativeTensor> golden = read(GOLDEN.resolve(words[0] + "_f64.safetensors"));
    if (words[0].equals("rwkv4_wkv")) {
      relateToStatesOfTheEquations(golden);
    }
    Path inputs = folder.resolve("in.safetensors");
    SafetensorsWriter.write(inputs, golden, Map.of());
    Path out = folder.resolve("out.safetensors");
    List<Object> command =
        new ArrayList<>(
            List.of("run", RECURRENCES.resolve(words[1] + ".ret"), "--recurrence", words[2]));
    command.addAll(List.of("--inputs", inputs, "--layout", words[3], "--dtype", "f64"));
    command.addAll(List.of("--gradients", "--out", out, "--form", form.split(" ")[0]));
    if (form.contains(" ")) {
      command.addAll(List.of("--chunk", form.split(" ")[1]));
    }
    Outcome.of(command.toArray()).isFine();
    Map<String, NativeTensor> results = read(out);
    golden.forEach((name, expected) -> {
      if (name.startsWith("grad.")) {
        NativeTensor actual = results.get(name);
        assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
        double difference = RunTest.difference(actual, expected);
        LARGEST.merge(words[2], difference, Math::max);
        assertThat(difference).as(name).isLessThan(1e-9);
      }
    });
  }

  private static SequencedMap<String, NativeTensor> read(Path path) {
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      for (String name : file.names()) {
        tensors.put(name, file.read(name, ElementType.F64, Arena.ofAuto()));
      }
    }
    return tensors;
  }

  /**
   * The reference keeps p and q over exp(o), where o is the largest of k_i + (T - 1 - i) w. Its
   * loss weighs these. So what flows back to the states of the equations is what flows back to its
   * own over exp(o), and what flows back to o, itself and by the other two, goes to the k that is
   * largest, and to w as often as that k has faded; it is taken away from what is expected.
   */
  private static void relateToStatesOfTheEquations(Map<String, NativeTensor> golden) {
    long[] shape = golden.get("in.k").shape();
    int time = (int) shape[1];
    int channels = (int) shape[2];
    for (int row = 0; row < shape[0]; row++) {
      for (int c = 0; c < channels; c++) {
        long state = (long) row * channels + c;
        double decay = golden.get("in.w").getDouble(c);
        int largest = 0;
        double shift = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < time; i++) {
          double faded = golden.get("in.k").getDouble(place(row, i, c, time, channels));
          faded += (time - 1 - i) * decay;
          if (faded > shift) {
            shift = faded;
            largest = i;
          }
        }
        double flowing = golden.get("dht.2").getDouble(state);
        for (String s : List.of("0", "1")) {
          NativeTensor weight = golden.get("dht." + s);
          flowing -= weight.getDouble(state) * golden.get("ht." + s).getDouble(state);
          weight.setDouble(state, weight.getDouble(state) * Math.exp(-shift));
        }
        subtract(golden.get("grad.k"), place(row, largest, c, time, channels), flowing);
        subtract(golden.get("grad.w"), c, flowing * (time - 1 - largest));
      }
    }
    golden.remove("dht.2");
  }

  private static long place(int row, int step, int channel, int time, int channels) {
    return ((long) row * time + step) * channels + channel;
  }

  private static void subtract(NativeTensor tensor, long place, double value) {
    tensor.setDouble(place, tensor.getDouble(place) - value);
  }
}
