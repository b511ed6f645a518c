package dev.retain.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostic;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes with the messages; the messages themselves are in {@code resources/wrong}. */
class SyntaxErrorsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "param W: [d] = normal(1)      | write `~` instead of `=`",
        "param W: [d] ~ 0.02           | `= x` sets every element to x",
        "param W: [4 * d] = 0          | write `axis hidden = 4 * d` first",
        "param W [d] = 0               | axes follow a colon",
        "in x: [d] = 0                 | an input gets its value from the caller",
        "a = b ** 2                    | a power is written `a ^ b`",
        "a = f(b)'                     | `'` follows the name of a state",
        "a = b \u2212 c                | write `-`",
        "a = (b < c < d)               | comparisons do not chain",
        "a = if b = c then d else e    | two values are compared by `==`",
        "a = 1 + if b then c else d    | in parentheses",
        "out = x                       | write `out x` without `=`",
        "state = 1                     | choose another name, such as `state_`",
        "state S: [K]                  | a state has a value before the first step",
        "layer n Norm(d)               | a layer inside is written",
        "in z: index for d             | `in token: index of vocab`",
        "param b: [K] ~ normal in x    | `param W: [d, K] ~ normal(0.02)`",
        "a = f(b, )                    | a value is missing",
        "a = (b]                       | a bracket is not closed",
        "a = b )                       | one `)` too many",
        "a = b → c                | leave it out",
        "a = 1e999                     | the largest is about 1.8e308",
      })
  void helps(String item, String help) {
    assertThat(errors("layer A {\n" + item + "\n}"))
        .first()
        .extracting(error -> error.help().orElse("no help"))
        .asString()
        .contains(help);
  }

  @Test
  void pointsToTheBraceThatIsNotClosed() {
    Diagnostic error = errors("layer A {\n  out 1\n\nmodel M {\n  out 2\n}\n").getFirst();
    assertThat(error.code()).isEqualTo(Code.MISSING_BRACE);
    assertThat(error.notes())
        .singleElement()
        .satisfies(note -> assertThat(note.span()).hasToString("test.ret:1:9"));
  }

  @Test
  void pointsToTheBracketThatIsNotClosedOnAnEarlierLine() {
    Diagnostic error = errors("layer A {\n  a = f(b[1], (c)\n  d = e\n}").getFirst();
    assertThat(error.message())
        .isEqualTo("expected `,` or `)` in the definition of `a`, found `d`");
    assertThat(error.notes())
        .singleElement()
        .satisfies(note -> assertThat(note.span()).hasToString("test.ret:2:8"));
  }

  @Test
  void reportsErrorsInTheOrderOfTheTextAndOnceALine() {
    assertThat(errors("layer A {\n  a = \n  out b\n c = d ** e $ f\n}"))
        .extracting(error -> error.span().line() + " " + error.code().id())
        .containsExactly("3 E0107", "4 E0104", "4 E0104");
  }

  @Test
  void stopsAfterAHundredErrors() {
    List<Diagnostic> errors = errors("layer A { " + "param ".repeat(100_000) + "}");
    assertThat(errors).hasSize(101);
    assertThat(errors.getLast().code()).isEqualTo(Code.TOO_MANY_ERRORS);
  }

  @Test
  void givesNoTreeWhereThereIsAnError() {
    Diagnostics diagnostics = new Diagnostics();
    SourceFile file = Parser.parse(new Source("test.ret", "layer A { out 1 } )"), diagnostics);
    assertThat(diagnostics.hasErrors()).isTrue();
    assertThat(file.declarations()).isEmpty();
  }

  @Test
  void survivesAnyOrderOfTokens() {
    String[] words =
        ("import function layer recurrence model preset equivalence of axis param const in state"
                + " out over index if then else and or not true false ( ) [ ] { } , : . | ' = ~ =="
                + " < + - * / @ ^ x S 1 2x \" ** $ # /* */ ; x = layer A { S' = x : [ K ]")
            .split(" ");
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder("layer A { x = 1 ");
      for (int j = random.nextInt(60); j >= 0; j--) {
        text.append(words[random.nextInt(words.length)])
            .append(random.nextInt(9) == 0 ? "\n" : " ");
      }
      for (Diagnostic error : errors(text.toString())) {
        assertThat(error.message()).as("%s", text).doesNotContain("null").isNotBlank();
      }
    }
  }

  private static List<Diagnostic> errors(String text) {
    Diagnostics diagnostics = new Diagnostics();
    Parser.parse(new Source("test.ret", text), diagnostics);
    return diagnostics.list();
  }
}
