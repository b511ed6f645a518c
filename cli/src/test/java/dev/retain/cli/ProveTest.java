package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ProveTest {
  private static final Path DELTA = Path.of("../models/recurrences/delta-net.ret");

  @Test
  void everyDerivedFormOfEveryRecurrenceIsProved() {
    assertThat(Outcome.of("prove", DELTA).isFine().out())
        .contains("DeltaNet\n  recurrent: proved\n", "GatedDeltaNet\n", "chunkwise: proved\n")
        .contains("all lengths, by induction from any state over chunks of 1 to 9 steps")
        .endsWith("9 proved, 0 refuted, 0 undecided\n");
  }

  @Test
  void theScopeIsForProgramsToo() {
    JsonNode values = Outcome.of("prove", DELTA, "--json").isFine().json();
    assertThat(values.get("proved").asInt()).isEqualTo(9);
    JsonNode chunkwise = values.get("proofs").get(2);
    assertThat(chunkwise.get("form").asString()).isEqualTo("chunkwise");
    assertThat(chunkwise.get("verdict").asString()).isEqualTo("proved");
    assertThat(chunkwise.get("lengths").asString()).isEqualTo("all");
    assertThat(chunkwise.get("chunks").asInt()).isEqualTo(9);
    assertThat(chunkwise.get("error_bits").asInt()).isGreaterThan(60);
    assertThat(chunkwise.get("dimensions")).hasSize(2);
  }

  @Test
  void whatHasNoParallelFormIsNoFailure(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("square.ret"),
            "recurrence Square { axis K in x: [K] state S: [K] = 0 S' = S * S + x out S' }\n");
    assertThat(Outcome.of("prove", file).isFine().out())
        .contains("parallel: there is none\n", "0 proved, 0 refuted, 0 undecided\n");
  }

  @Test
  void sizesAreChosenToFit(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("thirds.ret"),
            """
            recurrence Thirds {
              axis K, part = K / 3
              in x: [K], y: [part]
              state S: [K, part] = 0
              S' = S + x * y
              out S' @ y
            }
            """);
    assertThat(Outcome.of("prove", file).isFine().out()).contains("3 proved");
    Files.writeString(file, Files.readString(file).replace("K / 3", "K / 0.7"));
    Outcome.of("prove", file).saysWrongInput("thirds.ret:2", "error[E");
  }
}
