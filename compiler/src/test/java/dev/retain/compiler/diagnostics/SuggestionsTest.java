package dev.retain.compiler.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
  private static final List<String> NAMES =
      List.of("gamma", "theta", "RmsNorm", "LayerNorm", "Linear", "heads", "head", "q", "k", "d");

  @ParameterizedTest
  @CsvSource({
    "gama, gamma",
    "gmama, gamma",
    "gamme, gamma",
    "rmsnorm, RmsNorm",
    "RMSNorm, RmsNorm",
    "LayerNrom, LayerNorm",
    "haeds, heads",
    "headss, heads"
  })
  void findsWhatWasMeant(String name, String meant) {
    assertThat(Suggestions.nearest(name, NAMES)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"v", "delta", "Embedding", "x", "norm", "gamma"})
  void staysSilentWhereNothingIsNear(String name) {
    List<String> others = NAMES.stream().filter(other -> !other.equals(name)).toList();
    assertThat(Suggestions.nearest(name, others)).isEmpty();
  }

  @Test
  void offersACapitalForASmallLetter() {
    assertThat(Suggestions.nearest("K", NAMES)).contains("k");
    assertThat(Suggestions.didYouMean("K", NAMES)).contains("did you mean `k`?");
  }
}
