package dev.retain.compiler.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CaretRendererTest {
  private final Diagnostics diagnostics = new Diagnostics();

  @Test
  void showsPlaceLineNotesAndHelp() {
    Source source = new Source("a.ret", "\n".repeat(8) + "layer A {\n  x = }\n");
    diagnostics
        .error(Code.UNEXPECTED, span(source, "}"), "expected an expression, found `}`")
        .note(span(source, "{"), "opened here")
        .help("write one");
    assertThat(CaretRenderer.render(diagnostics.list()))
        .isEqualTo(
            """
            error[E0107]: expected an expression, found `}`
              --> a.ret:10:7
               |
            10 |   x = }
               |       ^
               = note: opened here
              --> a.ret:9:9
               |
             9 | layer A {
               |         ^
               = help: write one
            """);
  }

  @Test
  void showsWhatHasNoPlaceInAText() {
    diagnostics.error(Code.UNREADABLE_FILE, Span.file("b.ret"), "there is no file `b.ret`");
    diagnostics.warning(Code.UNEXPECTED, Span.none(), "odd");
    assertThat(CaretRenderer.render(diagnostics.list()))
        .isEqualTo(
            """
            error[E0101]: there is no file `b.ret`
             --> b.ret

            warning[E0107]: odd
            """);
  }

  @Test
  void putsCaretsUnderTabsWideAndCombiningCharacters() {
    assertCarets("\tx\ty", "y", "    x   y", "        ^");
    assertCarets("漢字 = xy", "xy", "漢字 = xy", "       ^^");
    assertCarets("e\u0301 = y", "y", "e\u0301 = y", "    ^");
    assertCarets("𝛾 = 漢", "漢", "𝛾 = 漢", "    ^^");
    assertCarets("a\u202E = y", "y", "a\uFFFD = y", "     ^");
  }

  @Test
  void marksOnlyTheFirstLineOfASpan() {
    assertCarets("a = (b\n + c)", "(b\n + c)", "a = (b", "    ^^");
  }

  @Test
  void marksTheEndOfALineWithOneCaret() {
    Source source = new Source("a.ret", "ab\ncd");
    Excerpt excerpt = Excerpt.of(new Span(source, 2, 2));
    assertThat(excerpt).isEqualTo(new Excerpt("ab", "  ^"));
  }

  @Test
  void cutsLongLinesAroundTheSpan() {
    String line = "1 + ".repeat(25_000) + "@" + " + 1".repeat(25_000);
    Excerpt excerpt = Excerpt.of(span(new Source("a.ret", line), "@"));
    assertThat(excerpt.text()).hasSize(102).startsWith("…").endsWith("…");
    assertThat(excerpt.text().charAt(excerpt.carets().length() - 1)).isEqualTo('@');
    assertThat(excerpt.carets().strip()).isEqualTo("^");
  }

  @Test
  void cutsLongSpans() {
    Source source = new Source("a.ret", "x".repeat(1000));
    Excerpt excerpt = Excerpt.of(new Span(source, 0, 1000));
    assertThat(excerpt).isEqualTo(new Excerpt("x".repeat(100) + "…", "^".repeat(100)));
  }

  private static void assertCarets(String text, String marked, String shown, String carets) {
    assertThat(Excerpt.of(span(new Source("a.ret", text), marked)))
        .isEqualTo(new Excerpt(shown, carets));
  }

  private static Span span(Source source, String marked) {
    int start = source.text().indexOf(marked);
    return new Span(source, start, start + marked.length());
  }
}
