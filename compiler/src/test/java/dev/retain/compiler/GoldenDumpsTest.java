package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Source;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the passes make of small models, read again by people at every change. {@code
 * -Dretain.updateGolden=true} writes the files anew.
 */
class GoldenDumpsTest {
  private static final Path FOLDER = RetFiles.root().resolve("compiler/src/test/resources/golden");
  private static final boolean UPDATE = Boolean.getBoolean("retain.updateGolden");
  private static final Map<String, List<String>> DUMPS =
      Map.of(
          "correcting",
          List.of("recurrences", "forms", "stages.chunkwise"),
          "fading",
          List.of(
              "syntax",
              "model",
              "recurrences",
              "tensor.recurrent",
              "tensor.parallel.ragged",
              "stages.recurrent",
              "stages.parallel.ragged"),
          "dropping",
          List.of("model", "tensor.chunkwise"),
          "turning",
          List.of(
              "names",
              "recurrences",
              "forms",
              "tensor.recurrent.ragged",
              "tensor.chunkwise",
              "stages.chunkwise"));

  static Stream<Arguments> dumps() {
    return DUMPS.entrySet().stream()
        .flatMap(
            model -> model.getValue().stream().map(pass -> Arguments.of(model.getKey(), pass)));
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void dumpIsTheGoldenFile(String model, String pass) throws IOException {
    Source source = new Source(model + ".ret", Files.readString(FOLDER.resolve(model + ".ret")));
    Compilation compilation = Compilation.of(source, Map.of());
    String dump = Pass.dump(pass, compilation, ElementType.F32, Width.W256);
    Path golden = FOLDER.resolve(model).resolve(pass + ".txt");
    if (UPDATE) {
      Files.createDirectories(golden.getParent());
      Files.writeString(golden, dump);
    }
    assertThat(dump).isEqualTo(Files.readString(golden).replace("\r\n", "\n"));
  }
}
