package dev.retain.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.RetFiles;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SyntaxPrinterTest {
  private static final String SPAN = "span=[^,\\]]*";

  static List<Path> files() {
    return RetFiles.right();
  }

  @ParameterizedTest
  @MethodSource("files")
  void printsEveryFileAsTextThatReadsBackTheSame(Path file) throws IOException {
    SourceFile first = parse(Files.readString(file));
    String printed = SyntaxPrinter.print(first);
    SourceFile second = parse(printed);
    assertThat(SyntaxPrinter.print(second)).isEqualTo(printed);
    assertThat(withoutPlaces(second)).isEqualTo(withoutPlaces(first));
  }

  @Test
  void printsRandomExpressionsAsTextThatReadsBackAsTheSameTree() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);
    for (int i = 0; i < 1000; i++) {
      Expression expression = RandomExpressions.next(random, 5);
      String printed = SyntaxPrinter.print(expression);
      assertThat(withoutPlaces(expression(printed)))
          .as(printed)
          .isEqualTo(withoutPlaces(expression));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(a + b) + (c - d)      | a + b + (c - d)",
        "((a * b)) @ (c @ d)    | a * b @ (c @ d)",
        "(a ^ b) ^ (c ^ d)      | (a ^ b) ^ c ^ d",
        "(-a) ^ (-b)            | (-a) ^ -b",
        "-(a ^ b) * (-c)        | -a ^ b * -c",
        "not (a == b) and (not c) | not a == b and not c",
        "(if a then b else c) + 1 | (if a then b else c) + 1",
        "(f(x))[i][(j)]         | f(x)[i, j]",
        "f((a), b = (c)  over K , V) | f(a, b = c over K, V)"
      })
  void keepsOnlyTheParenthesesThatMatter(String text, String canonical) {
    assertThat(SyntaxPrinter.print(expression(text))).isEqualTo(canonical);
  }

  private static Expression expression(String text) {
    return switch (parse("function f() = " + text).declarations().getFirst()) {
      case FunctionDeclaration function -> function.body();
      case Declaration other -> throw new AssertionError(other);
    };
  }

  private static SourceFile parse(String text) {
    Diagnostics diagnostics = new Diagnostics();
    SourceFile file = Parser.parse(new Source("test.ret", text), diagnostics);
    diagnostics.throwIfErrors();
    return file;
  }

  private static String withoutPlaces(Object tree) {
    return tree.toString().replaceAll(SPAN, "");
  }
}
