package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recurrence runs in a form that is written by hand, which carries states of its own. */
class HandWrittenRunTest {
  private static final Path DEFINITION = Path.of("../models/aft-forms.ret");

  @TempDir private Path folder;

  @Test
  void aFormThatIsWrittenByHandGivesWhatTheStepsDo() {
    SequencedMap<String, NativeTensor> expected = run("recurrent", 1);
    for (int chunk : List.of(1, 5, 64)) {
      SequencedMap<String, NativeTensor> found = run("running_maximum", chunk);
      assertThat(found.keySet()).isEqualTo(expected.keySet());
      expected.forEach((name, tensor) -> {
        for (long i = 0; i < tensor.size(); i++) {
          assertThat(found.get(name).getDouble(i))
              .as("%s by %d", name, chunk)
              .isCloseTo(tensor.getDouble(i), within(1e-11));
        }
      });
    }
  }

  private SequencedMap<String, NativeTensor> run(String form, int chunk) {
    Path out = folder.resolve(form + chunk + ".safetensors");
    Outcome.of(
            "run",
            DEFINITION,
            "--recurrence",
            "AftSimple",
            "--inputs",
            inputs(),
            "--layout",
            "BTD",
            "--form",
            form,
            "--chunk",
            chunk,
            "--dtype",
            "f64",
            "--out",
            out)
        .isFine();
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(out)) {
      for (String name : List.of("out", "ht.0", "ht.1")) {
        tensors.put(name, file.read(name, Arena.ofAuto()));
      }
    }
    return tensors;
  }

  private Path inputs() {
    Path path = folder.resolve("inputs.safetensors");
    Random random = new Random(7);
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    for (String name : List.of("in.q", "in.k", "in.v")) {
      NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, 2, 12, 3);
      for (long i = 0; i < tensor.size(); i++) {
        tensor.setDouble(i, random.nextGaussian());
      }
      tensors.put(name, tensor);
    }
    SafetensorsWriter.write(path, tensors, Map.of());
    return path;
  }

  @Test
  void aFormThatThereIsNotIsNamed() {
    Outcome.of(
            "run",
            DEFINITION,
            "--recurrence",
            "AftSimple",
            "--inputs",
            inputs(),
            "--layout",
            "BTD",
            "--form",
            "fast",
            "--out",
            folder.resolve("no.safetensors"))
        .saysWrongInput("no form 'fast'", "recurrent, parallel, chunkwise, running_maximum");
  }
}
