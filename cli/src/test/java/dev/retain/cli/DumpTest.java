package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.Pass;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DumpTest {
  private static Stream<String> passes() {
    return Pass.list().stream().map(Pass::name);
  }

  @ParameterizedTest
  @MethodSource("passes")
  void everyPassIsListedAndCanBeDumped(String pass) {
    assertThat(Outcome.of("dump", Outcome.small(), "--pass", "list").isFine().out())
        .contains("  " + pass + " ");
    assertThat(
            Outcome.of("dump", Outcome.small(), "--pass", pass, "--width", "w128").isFine().out())
        .isNotBlank()
        .endsWith("\n");
  }

  @Test
  void unknownPassesAndWidthsAreRefused() {
    Outcome.of("dump", Outcome.small(), "--pass", "tensr.parallel")
        .saysWrongInput("tensr.parallel", "tensor.parallel");
    Outcome outcome = Outcome.of("dump", Outcome.small(), "--pass", "model", "--width", "w99");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("w512, w256, w128, scalar");
  }
}
