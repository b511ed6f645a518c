package dev.retain.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostic;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NestingTest {
  private static final int MANY = 100_000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(",
        "f(",
        "x[",
        "x ^ (",
        "-(",
        "- ",
        "not ",
        "1 + ",
        "1 - ",
        "1 * ",
        "x @ ",
        "x ^ ",
        "x ^ -",
        "a and ",
        "a or ",
        "if a then b else ",
        "if ",
        "if a then ",
        "f(x, y = "
      })
  void refusesWhatNestsTooDeep(String part) {
    assertThat(errors(part.repeat(MANY) + "x"))
        .singleElement()
        .satisfies(error -> assertThat(error.code()).isEqualTo(Code.TOO_DEEP))
        .satisfies(error -> assertThat(error.help()).isPresent());
  }

  @Test
  void refusesManyIndices() {
    assertThat(errors("x" + "[1]".repeat(MANY))).hasSize(1);
  }

  @Test
  void refusesChainsWithinBracketsThatAreTooDeepTogether() {
    assertThat(errors("(1 + ".repeat(150) + sum(60) + ")".repeat(150)))
        .extracting(Diagnostic::code)
        .containsExactly(Code.TOO_DEEP);
  }

  @Test
  void readsWhatNestsUpToTheLimitOnASmallStack() throws InterruptedException {
    List<String> deepest =
        List.of(
            "(".repeat(Nesting.LIMIT) + "x" + ")".repeat(Nesting.LIMIT),
            sum(Nesting.LIMIT),
            "-".repeat(Nesting.LIMIT - 1) + "x",
            "if c then ".repeat(Nesting.LIMIT - 1) + "x" + " else y".repeat(Nesting.LIMIT - 1),
            "f(a, b = ".repeat(Nesting.LIMIT - 1) + "x" + ")".repeat(Nesting.LIMIT - 1));
    List<Diagnostic> errors = Collections.synchronizedList(new ArrayList<>());
    Thread small =
        new Thread(
            null,
            () -> deepest.forEach(text -> errors.addAll(errors(text))),
            "small stack",
            768 << 10);
    Thread.UncaughtExceptionHandler fail = (thread, e) -> errors.add(null);
    small.setUncaughtExceptionHandler(fail);
    small.start();
    small.join();
    assertThat(errors).isEmpty();
  }

  @Test
  void doesNotAddUpWhatStandsSideBySide() {
    assertThat(errors("f(" + "(((x))) ^ 2 + y[1] * -z, ".repeat(MANY / 100) + "x)")).isEmpty();
    Diagnostics diagnostics = new Diagnostics();
    String items = "a = -b ^ c[1] + if d then 1 else 2\n".repeat(1000).replace("+ if", "d = if");
    Parser.parse(new Source("test.ret", "layer A {" + items + "}"), diagnostics);
    assertThat(diagnostics.list()).isEmpty();
  }

  private static String sum(int terms) {
    return "1 + ".repeat(terms - 1) + "1";
  }

  private static List<Diagnostic> errors(String expression) {
    Diagnostics diagnostics = new Diagnostics();
    Parser.parse(new Source("test.ret", "function f(x) = " + expression), diagnostics);
    return diagnostics.list();
  }
}
