package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The variants of the paper's table of ablations: each is retnet.ret but for one thing. */
class AblationsTest {
  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("ablations"))) {
      return files.sorted().toList();
    }
  }

  private static Model model(String file) {
    return Compilation.of(Path.of(file), Map.of()).model();
  }

  private static List<String> parameters(Model model) {
    return model.parameters().stream().map(Model.ParameterSpec::path).toList();
  }

  private static List<Double> gammas(String file) {
    return model(file).constants().stream()
        .filter(constant -> constant.path().equals("gamma"))
        .findFirst()
        .orElseThrow()
        .values();
  }

  @Test
  void thereIsOneForEachRowOfTheTable() throws IOException {
    assertThat(files())
        .extracting(file -> file.getFileName().toString())
        .containsExactly(
            "no-decay.ret",
            "no-gate.ret",
            "no-head-norm.ret",
            "single-decay.ret",
            "small-heads.ret");
  }

  @ParameterizedTest
  @MethodSource("files")
  void eachIsTwoLinesAndChangesOneHyperparameter(Path file) throws IOException {
    assertThat(Files.readAllLines(file))
        .filteredOn(line -> !line.isBlank() && !line.startsWith("///"))
        .hasSize(2);
    Map<String, String> own = model(file.toString()).hyperparameters();
    Map<String, String> usual = model("retnet.ret").hyperparameters();
    assertThat(own.keySet()).isEqualTo(usual.keySet());
    assertThat(own.entrySet()).filteredOn(one -> !usual.entrySet().contains(one)).hasSize(1);
  }

  @Test
  void theGateTakesItsWeightsWithIt() {
    List<String> usual = parameters(model("retnet.ret"));
    assertThat(usual).contains("block.0.retention.Wg");
    assertThat(parameters(model("ablations/no-gate.ret")))
        .isEqualTo(usual.stream().filter(path -> !path.endsWith(".Wg")).toList());
    assertThat(parameters(model("ablations/no-head-norm.ret"))).isEqualTo(usual);
  }

  @Test
  void theDecaysAreThoseOfTheTable() {
    assertThat(gammas("retnet.ret"))
        .containsExactly(1 - 1 / 32.0, 1 - 1 / 64.0, 1 - 1 / 128.0, 1 - 1 / 256.0);
    assertThat(gammas("ablations/single-decay.ret")).hasSize(4).containsOnly(127 / 128.0);
    assertThat(gammas("ablations/no-decay.ret")).hasSize(4).containsOnly(1.0);
    assertThat(gammas("ablations/small-heads.ret")).hasSize(16);
  }

  @ParameterizedTest
  @MethodSource("files")
  void theFormsAgree(Path file) {
    String settings = "vocab=31 d=64 value=96 ffn=40 layers=2";
    int[][] tokens = Definitions.tokens(new Random(11), 2, 150, 31);
    try (RetainModel model =
            Definitions.build(file.toString(), settings, ElementType.F64, List.of(Width.W512))
                .open(Width.W512, Engine.shared());
        Session session = model.newSession(2)) {
      NativeTensor steps = session.run(tokens, Form.RECURRENT, RunOptions.DEFAULT);
      for (Form form : List.of(Form.PARALLEL, Form.CHUNKWISE)) {
        session.reset();
        assertThat(
                Differences.relative(
                    session.run(tokens, form, RunOptions.DEFAULT.withChunk(64)), steps))
            .as("%s", form)
            .isLessThan(1e-12);
      }
    }
  }
}
