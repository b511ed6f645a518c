package dev.retain.compiler.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonRendererTest {
  @Test
  void writesOneArray() {
    Source source = new Source("a.ret", "a\n  \"b\" c\n");
    Diagnostics diagnostics = new Diagnostics();
    diagnostics
        .error(Code.UNEXPECTED, new Span(source, 4, 7), "found `\"b\"`")
        .help("leave it out")
        .note(new Span(source, 0, 1), "after this");
    diagnostics.error(Code.UNREADABLE_FILE, Span.file("b.ret"), "no file");
    diagnostics.warning(Code.UNEXPECTED, Span.none(), "odd");
    assertThat(JsonRenderer.render(diagnostics.list()))
        .isEqualTo(
            "[{\"code\":\"E0107\",\"severity\":\"error\",\"message\":\"found `\\\"b\\\"`\","
                + "\"file\":\"a.ret\",\"line\":2,\"column\":3,\"endLine\":2,\"endColumn\":6,"
                + "\"help\":\"leave it out\","
                + "\"notes\":[{\"message\":\"after this\","
                + "\"file\":\"a.ret\",\"line\":1,\"column\":1,\"endLine\":1,\"endColumn\":2}]},"
                + "{\"code\":\"E0101\",\"severity\":\"error\",\"message\":\"no file\","
                + "\"file\":\"b.ret\"},"
                + "{\"code\":\"E0107\",\"severity\":\"warning\",\"message\":\"odd\"}]");
  }

  @Test
  void writesAnEmptyArray() {
    assertThat(JsonRenderer.render(new Diagnostics().list())).isEqualTo("[]");
  }
}
