package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.Diagnostic;
import dev.retain.compiler.diagnostics.Source;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that would not end, or not fit the stack, are reported. */
class LimitsTest {
  private static final int SMALL_STACK = 1 << 20;

  @ParameterizedTest
  @CsvSource({"100, false", "299, false", "490, true", "20000, true"})
  void functionsThatCallEachOther(int depth, boolean tooDeep) throws Exception {
    List<Diagnostic> errors = errors(functions(depth, "f%d(x) + 1"));
    assertThat(errors.stream().map(Diagnostic::code).distinct())
        .containsExactlyElementsOf(tooDeep ? List.of(Code.TOO_DEEP) : List.of());
  }

  @ParameterizedTest
  @CsvSource({"10, false", "100, true"})
  void functionsThatCallEachOtherTwice(int depth, boolean tooDeep) throws Exception {
    List<Diagnostic> errors = errors(functions(depth, "f%d(x) + f%1$d(x)"));
    assertThat(errors.stream().map(Diagnostic::code).distinct())
        .containsExactlyElementsOf(tooDeep ? List.of(Code.TOO_DEEP) : List.of());
  }

  @ParameterizedTest
  @CsvSource({"100, false", "490, true", "20000, true"})
  void layersInsideLayers(int depth, boolean tooDeep) throws Exception {
    String layers =
        IntStream.rangeClosed(1, depth)
            .mapToObj(i ->
                "layer L%d(d) { layer inner = L%d(d) in x: [d] out inner(x) + 1 }"
                    .formatted(i, i - 1))
            .collect(Collectors.joining("\n"));
    String text =
        "layer L0(d) { in x: [d] out x }\n"
            + layers
            + "\nfunction f0(x) = x\n"
            + model("top(x)", "layer top = L%d(d)".formatted(depth));
    List<Diagnostic> errors = errors(text);
    assertThat(errors.stream().map(Diagnostic::code).distinct())
        .containsExactlyElementsOf(tooDeep ? List.of(Code.TOO_DEEP) : List.of());
  }

  private static String functions(int depth, String body) {
    return "function f0(x) = x\n"
        + IntStream.rangeClosed(1, depth)
            .mapToObj(i -> "function f" + i + "(x) = " + body.formatted(i - 1))
            .collect(Collectors.joining("\n"))
        + "\n"
        + model("f" + depth + "(x)", "");
  }

  private static String model(String value, String items) {
    return """
    model M(vocab = 4, d = 2) {
      param table: [vocab, d] ~ normal(1), W: [d, vocab] ~ normal(1)
      %s
      in token: index of vocab
      x = table[token]
      y = %s
      out y @ W
    }
    """
        .formatted(items, value);
  }

  private static List<Diagnostic> errors(String text) throws Exception {
    FutureTask<List<Diagnostic>> task =
        new FutureTask<>(() -> {
          try {
            Compilation.of(new Source("deep.ret", text), Map.of());
            return List.of();
          } catch (CompileException e) {
            return e.diagnostics();
          }
        });
    Thread thread = new Thread(null, task, "small stack", SMALL_STACK);
    thread.start();
    return task.get();
  }
}
