package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemoTest {
  @Test
  void aTrainedJarScoresTheSameInThreeFormsAndWrites() {
    Outcome outcome = Outcome.of("demo", "--steps", 3, "--bytes", 20_000).isFine();
    assertThat(outcome.out())
        .contains(
            "$ retain train",
            "recurrent",
            "parallel",
            "chunkwise",
            "The forms agree",
            "$ retain generate",
            "The European Union");
    assertThat(outcome.err()).contains("Finished after step 3", "report.html");
  }
}
