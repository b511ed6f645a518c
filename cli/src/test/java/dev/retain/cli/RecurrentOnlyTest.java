package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose author wants the recurrent form alone, since the others do not exist. */
class RecurrentOnlyTest {
  private static final Path GATED = Path.of("src/test/resources/gated.ret").toAbsolutePath();

  @TempDir private Path folder;

  @Test
  void runsStepByStepAndSaysSo() throws IOException {
    Path jar = folder.resolve("gated.jar");
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "One step after the other.");
    assertThat(Outcome.of("check", GATED).isFine().out())
        .contains("recurrent")
        .doesNotContain("parallel", "chunkwise");
    Outcome.of("compile", GATED, "-o", jar).isFine();
    assertThat(Outcome.of("inspect", jar).isFine().out()).contains("as its author says");
    assertThat(Outcome.of("score", jar, "--text", text, "--json").isFine().json().get("form"))
        .hasToString("\"recurrent\"");
    Outcome.of("generate", jar, "--prompt", "One", "--max-tokens", "3").isFine();
    Outcome.of("score", jar, "--text", text, "--form", "parallel").saysWrongInput("recurrent");
    Outcome.of("dump", GATED, "--pass", "tensor.parallel").saysWrongInput("recurrent form alone");
  }

  @Test
  void onlyTheRecurrentFormStandsAlone() throws IOException {
    Path wrong = folder.resolve("wrong.ret");
    Files.writeString(
        wrong, Files.readString(GATED).replace("Gated: recurrent", "Gated: parallel"));
    Outcome.of("check", wrong).saysWrongInput("E0507", "not `parallel` alone");
    Files.writeString(wrong, Files.readString(GATED).replace("Gated: recurrent", "Gated"));
    Outcome.of("check", wrong).saysWrongInput("E0501", "tanh");
  }
}
