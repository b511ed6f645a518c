package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.CaretRenderer;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.names.NameChecker;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.ProgramLoader;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the documents show in the language compiles, and dumps that they show are what the compiler
 * makes; fragments are marked as text.
 */
class DocumentationTest {
  private static final Pattern BLOCK =
      Pattern.compile("^```retain\\R(?<text>.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private static final Pattern DUMP =
      Pattern.compile(
          "^```dump (?<pass>\\S+)\\R(?<text>.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  static Stream<Arguments> blocks() throws IOException {
    Path root = RetFiles.root();
    List<Path> documents;
    try (Stream<Path> files = Files.walk(root.resolve("docs"))) {
      documents =
          Stream.concat(files.sorted(), Stream.of(root.resolve("README.md")))
              .filter(file -> file.toString().endsWith(".md"))
              .toList();
    }
    Stream<Arguments> blocks = Stream.of();
    for (Path document : documents) {
      List<MatchResult> found = BLOCK.matcher(Files.readString(document)).results().toList();
      blocks =
          Stream.concat(
              blocks,
              found.stream()
                  .map(block ->
                      Arguments.of(
                          document.getFileName() + " at " + block.start(), block.group("text"))));
    }
    return blocks;
  }

  /** Parts of dumps: lines in their order, from which others may be left out. */
  @Test
  void dumpsAreThoseOfTheCompiler() throws IOException {
    Path root = RetFiles.root();
    Compilation compilation =
        Compilation.of(
            root.resolve("models/retnet.ret"),
            Map.of("d", "256", "heads", "4", "layers", "1", "value", "512", "ffn", "512"));
    List<MatchResult> blocks =
        DUMP.matcher(Files.readString(root.resolve("docs/loops.md"))).results().toList();
    assertThat(blocks).hasSizeGreaterThan(5);
    for (MatchResult block : blocks) {
      List<String> shown = block.group("text").lines().toList();
      List<String> dumped =
          Pass.dump(block.group("pass"), compilation, ElementType.F32, Width.W512)
              .lines()
              .map(line -> line.replaceAll("// .*(?=models/)", "// "))
              .toList();
      assertThat(dumped).as(block.group("pass")).containsSubsequence(shown);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("blocks")
  void compiles(String place, String text) {
    try {
      Source source = new Source(place, text);
      Diagnostics diagnostics = new Diagnostics();
      Program program = ProgramLoader.load(source, diagnostics);
      NameChecker.check(program, diagnostics);
      if (!program.models().isEmpty()) {
        assertThat(Compilation.of(source, Map.of()).model().parameterCount()).isPositive();
      }
    } catch (CompileException e) {
      throw new AssertionError(CaretRenderer.render(e.diagnostics()), e);
    }
  }
}
