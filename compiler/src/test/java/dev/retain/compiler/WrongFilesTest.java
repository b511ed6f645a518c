package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.CaretRenderer;
import dev.retain.compiler.diagnostics.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files in {@code resources/wrong} whose errors stand in them: {@code //! E0107: part of the
 * message} on the line of the error, or {@code //! ^2 E0107: ...} two lines below it. Exactly these
 * errors must be reported. What {@code a.ret} imports stands in the folder {@code a}.
 */
class WrongFilesTest {
  private static final Pattern MARK =
      Pattern.compile("//! *(?:\\^(?<up>\\d+) +)?(?<code>[EW]\\d{4}): *(?<text>.*?) *(?=//!|$)");

  private record Expected(Path file, int line, String code, String text) {
    boolean matches(Diagnostic actual) {
      return Path.of(actual.span().source().name()).normalize().equals(file)
          && actual.span().line() == line
          && actual.code().id().equals(code)
          && actual.message().contains(text);
    }

    @Override
    public String toString() {
      return "%s, line %d: %s: %s".formatted(file.getFileName(), line, code, text);
    }
  }

  static List<Path> files() {
    return RetFiles.wrong();
  }

  @ParameterizedTest
  @MethodSource("files")
  void reportsExactlyTheErrorsWrittenInTheFile(Path file) throws IOException {
    List<Expected> missing = new ArrayList<>(expected(file));
    for (Path imported : RetFiles.importedBy(file)) {
      missing.addAll(expected(imported));
    }
    assertThat(missing).as("errors written in the file").isNotEmpty();

    List<Diagnostic> unexpected = new ArrayList<>(FrontEnd.ofAllPhases().check(file));
    String report = CaretRenderer.render(unexpected);
    for (Expected one : List.copyOf(missing)) {
      Stream<Diagnostic> matching = unexpected.stream().filter(one::matches);
      matching
          .findFirst()
          .ifPresent(found -> {
            unexpected.remove(found);
            missing.remove(one);
          });
    }
    assertThat(missing).as("not reported; this was:\n%s", report).isEmpty();
    assertThat(unexpected).as("reported, but not written in the file").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyErrorSaysWhatToDo(Path file) {
    assertThat(FrontEnd.ofAllPhases().check(file))
        .allSatisfy(diagnostic -> assertThat(diagnostic.help()).isPresent());
  }

  private static List<Expected> expected(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<Expected> expected = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher mark = MARK.matcher(line);
      int marks = 0;
      while (mark.find()) {
        int up = mark.group("up") == null ? 0 : Integer.parseInt(mark.group("up"));
        expected.add(new Expected(file, i + 1 - up, mark.group("code"), mark.group("text")));
        marks++;
      }
      assertThat(line.split("//!", -1).length - 1).as("marks in: %s", line).isEqualTo(marks);
    }
    return expected;
  }
}
