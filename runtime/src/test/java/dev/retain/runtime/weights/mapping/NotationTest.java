package dev.retain.runtime.weights.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotationTest {
  @Test
  void placesAreNumbersInCanonicalForm() {
    NameTemplate template = new NameTemplate("a.{i}.b+{j}.{i}");
    assertThat(template.numbers("a.10.b+0.10")).contains(Map.of("i", "10", "j", "0"));
    assertThat(template.with(Map.of("i", "10", "j", "0"))).isEqualTo("a.10.b+0.10");
    assertThat(template.with(Map.of("i", "1"))).isEqualTo("a.1.b+{j}.1");
    for (String other : new String[] {"a.1.b+0.2", "a.01.b+0.01", "a.x.b+0.x", "a.1.bb0.1"}) {
      assertThat(template.numbers(other)).isEmpty();
    }
  }

  @Test
  void starsAreAnyText() {
    NameTemplate template = new NameTemplate("*.pos.*");
    assertThat(template.matches("layers.0.pos.decay")).isTrue();
    assertThat(template.matches("pos.decay")).isFalse();
    assertThat(template.matches("layers.0.position")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "d", "(head K) d", "d (head V)", "(pair 2)", "2 () (a_1 b 3 c)"})
  void axesAreReadAndShown(String text) {
    assertThat(StoredAxes.parse(text)).hasToString(text);
  }

  @Test
  void axesNeedNoSpacesAroundGroups() {
    assertThat(StoredAxes.parse("  a(b  c)d ")).hasToString("a (b c) d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a", "a)", "((a))", "a,b", "a*2", "0", "a a", "(a 0)", "2a", "a (b a)"})
  void otherAxesAreRefused(String text) {
    assertThatThrownBy(() -> StoredAxes.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a[]",
        "a[-1]",
        "a[0,]",
        "count a[0]",
        "present",
        "sum a",
        "a[0] b",
        "[0]"
      })
  void otherRulesAreRefused(String text) {
    assertThat(HyperparameterRule.parse(text)).isEmpty();
  }
}
