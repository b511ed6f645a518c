package dev.retain.compiler.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SourceTest {
  @Test
  void findsLinesAndColumnsWithEveryKindOfLineEnd() {
    Source source = new Source("a.ret", "ab\ncd\r\nef\rgh");
    assertThat(source.lineCount()).isEqualTo(4);
    assertThat(source.lineText(1)).isEqualTo("ab");
    assertThat(source.lineText(2)).isEqualTo("cd");
    assertThat(source.lineText(3)).isEqualTo("ef");
    assertThat(source.lineText(4)).isEqualTo("gh");
    assertThat(new Span(source, 8, 9)).hasToString("a.ret:3:2");
    assertThat(source.line(source.text().length())).isEqualTo(4);
  }

  @Test
  void countsColumnsInCodePoints() {
    assertThat(new Source("a.ret", "𝛾 = x").column(5)).isEqualTo(5);
  }

  @Test
  void findsLinesOfLongTexts() {
    Source source = new Source("a.ret", "x\n".repeat(1000));
    assertThat(source.lineCount()).isEqualTo(1001);
    assertThat(source.line(1999)).isEqualTo(1000);
  }

  @Test
  void refusesSpansOutsideOfTheText() {
    Source source = new Source("a.ret", "abc");
    assertThatThrownBy(() -> new Span(source, 2, 4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Span(source, 2, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
