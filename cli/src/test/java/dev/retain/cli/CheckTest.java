package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CheckTest {
  private static final Path RETNET = Path.of("../models/retnet.ret");

  @Test
  void thePresetsAreAsLargeAsPublished() {
    assertThat(Outcome.of("check", RETNET).isFine().out())
        .contains("preset", "19.1M", "203.5M", "1.22B", "2.52B", "6.51B");
  }

  @Test
  void theMeasuresOfAModelAreTold() {
    JsonNode values =
        Outcome.of(
                "check", Outcome.small(), "--set", "d=8", "heads=1", "--set", "vocab=10", "--json")
            .isFine()
            .json();
    assertThat(values.get("diagnostics")).isEmpty();
    assertThat(values.get("model").asString()).isEqualTo("Small");
    assertThat(values.get("hyperparameters").get("d").asString()).isEqualTo("8");
    // The head's K and V are 8: S is 8 x 8, z is one number.
    assertThat(values.get("state_elements").asInt()).isEqualTo(65);
    assertThat(values.get("body_parameters").asInt()).isEqualTo(4 * 8 * 8 + 8);
    assertThat(axis(values, "K")).isEqualTo(8);
    JsonNode recurrent = values.get("operations_per_token").get(0);
    assertThat(recurrent.get("form").asString()).isEqualTo("recurrent");
    // Four products with d x d, one with d x vocab; state: write, decay, read.
    int least = 2 * (4 * 64 + 80) + 3 * 64;
    assertThat(recurrent.get("operations").asInt()).isBetween(least, 2 * least);
    JsonNode parallel = values.get("operations_per_token").get(2);
    int length = parallel.get("length").asInt();
    // At least one matrix of steps by steps, and the logits.
    assertThat(parallel.get("memory_bytes_f32").asInt())
        .isGreaterThan(4 * length * (length + 10))
        .isGreaterThan(4 * recurrent.get("memory_bytes_f32").asInt());
    assertThat(values.get("presets").get(0).get("name").asString()).isEqualTo("large");
  }

  private static int axis(JsonNode values, String name) {
    for (JsonNode axis : values.get("axes")) {
      if (axis.get("name").asString().equals(name)) {
        return axis.get("size").asInt();
      }
    }
    return 0;
  }

  @Test
  void settingsMayStandBeforeTheFile() {
    assertThat(Outcome.of("check", "--set", "d=8", "heads=1", Outcome.small()).isFine().out())
        .contains("Small is well-formed", "axis", "operations per token");
  }

  @Test
  void errorsAreForToolsToo(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(folder.resolve("wrong.ret"), "model M(vocab = 4) {\n  out x\n}\n");
    Outcome outcome = Outcome.of("check", file, "--json");
    assertThat(outcome.code()).isEqualTo(1);
    JsonNode error = outcome.json().get("diagnostics").get(0);
    assertThat(error.get("line").asInt()).isPositive();
    assertThat(error.get("code").asString()).startsWith("E");
    Outcome.of("check", file).saysWrongInput("wrong.ret:", "error[E");
  }
}
