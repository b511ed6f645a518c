package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every code has one meaning, and a test that provokes it. */
class CodesTest {
  private static final Pattern MARK = Pattern.compile("//! *(?:\\^\\d+ +)?([EW]\\d{4})");

  /** Codes that no text of a program provokes, and the test of each. */
  private static final Map<Code, String> ELSEWHERE =
      Map.of(
          Code.UNREADABLE_FILE, "syntax/SourceReaderTest.java",
          Code.FILE_TOO_LARGE, "syntax/SourceReaderTest.java",
          Code.NOT_UTF8, "syntax/SourceReaderTest.java",
          Code.TOO_DEEP, "syntax/NestingTest.java",
          Code.TOO_MANY_ERRORS, "syntax/SyntaxErrorsTest.java",
          Code.UNKNOWN_PRESET, "SettingsTest.java",
          Code.NOT_EQUIVALENT, "EquivalencesTest.java");

  @Test
  void codesAreDistinct() {
    assertThat(Arrays.stream(Code.values()).map(Code::id)).doesNotHaveDuplicates();
    assertThat(Arrays.stream(Code.values()).map(Code::title)).doesNotHaveDuplicates();
  }

  @Test
  void everyCodeIsTested() throws IOException {
    Set<String> tested = new HashSet<>();
    for (Path wrong : RetFiles.wrong()) {
      tested.addAll(marks(wrong));
      for (Path imported : RetFiles.importedBy(wrong)) {
        tested.addAll(marks(imported));
      }
    }
    ELSEWHERE.forEach((code, test) -> {
      assertThat(tested).as("written in a wrong file after all").doesNotContain(code.id());
      assertThat(RetFiles.root().resolve("compiler/src/test/java/dev/retain/compiler/" + test))
          .content()
          .containsAnyOf(code.id(), "Code." + code.name());
      tested.add(code.id());
    });
    assertThat(Arrays.stream(Code.values()).map(Code::id))
        .allSatisfy(id -> assertThat(tested).contains(id));
  }

  private static Set<String> marks(Path file) throws IOException {
    Set<String> codes = new HashSet<>();
    Matcher mark = MARK.matcher(Files.readString(file));
    while (mark.find()) {
      codes.add(mark.group(1));
    }
    return codes;
  }
}
