package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aft",
        "delta-net",
        "gla",
        "hgrn",
        "linear-attention",
        "mamba",
        "retention",
        "rwkv4"
      })
  void everyRecurrenceOfTheModelsIsProved(String file) {
    Path path = DELTA.resolveSibling(file + ".ret");
    assertThat(Outcome.of("prove", path).isFine().out())
        .contains("recurrent: proved", "parallel: proved", "chunkwise: proved")
        .endsWith(" proved, 0 refuted, 0 undecided\n");
  }

  @Test
  void aDecayAfterTheReadIsAnotherRecurrence() {
    Outcome outcome = Outcome.of("prove", "../models/delta-net-mistakes.ret");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out())
        .contains("no_solve: refuted", "FadesAfterTheRead")
        .endsWith("3 proved, 2 refuted, 0 undecided\n");
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
        .contains("parallel: there is none\n", "recurrent: proved\n", "1 proved, 0 refuted");
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

  @Test
  void aMistakeIsRefutedByNumbers() {
    Outcome outcome = Outcome.of("prove", "../models/retnet-mistakes.ret", "--json");
    assertThat(outcome.code()).isEqualTo(1);
    JsonNode values = outcome.json();
    assertThat(values.get("proved").asInt()).isZero();
    assertThat(values.get("undecided").asInt()).isZero();
    for (JsonNode proof : values.get("proofs")) {
      assertThat(proof.get("actual").asDouble())
          .isNotCloseTo(proof.get("expected").asDouble(), within(1e-3));
      assertThat(proof.get("error").asDouble()).isLessThan(1e-30);
      if (proof.get("form").asString().equals("exponents_of_a_whole_chunk")) {
        assertThat(proof.get("state").asString()).isEqualTo("S");
        assertThat(proof.get("chunk").asInt()).isGreaterThan(proof.get("length").asInt());
      }
    }
  }

  @Test
  void howFarAFormIsOffIsMeasured() {
    String golden = "../models/src/test/resources/golden/torchscale_odd_f64.safetensors";
    String[] command = {
      "prove",
      "../models/retnet-reference.ret",
      "--measure",
      "--weights",
      golden,
      "--prefix",
      "param.,buffer.",
      "--ids",
      golden,
      "--chunk",
      "5"
    };
    Outcome outcome = Outcome.of((Object[]) command);
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out())
        .contains(
            "reference_chunkwise: refuted",
            "measured on 60 random steps in chunks of 16, float64: the output is ",
            "Measured with weights, float64, chunks of 5, against the recurrent form",
            "reference_parallel: the logits are ");
    Outcome without = Outcome.of("prove", DELTA, "--text", golden);
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.err()).contains("--text and --ids are for a model with --weights");
  }
}
