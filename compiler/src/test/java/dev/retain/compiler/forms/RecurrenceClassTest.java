package dev.retain.compiler.forms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.proof.DerivedForm;
import dev.retain.compiler.proof.Prover;
import dev.retain.compiler.proof.Scope;
import dev.retain.compiler.proof.Verdict;
import dev.retain.compiler.tensor.Operation;
import dev.retain.runtime.program.Form;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of decay, rotation, read and read-out: all forms of each are proved to be its steps.
 */
class RecurrenceClassTest {
  // The body of each; K is 4 and V is 3, q, k, w, u, e are along K, v, x along V, a and b are one
  // number for each step, t is an angle for each pair.
  private static final Map<String, String> BODIES = new LinkedHashMap<>();

  static {
    body("scalar per step", "S' = a * S + k * v", "q @ S'");
    body("scalar per step, read before", "S' = a * S + k * v", "q @ S");
    body("diagonal on the key side", "S' = w * S + k * v", "q @ S'");
    body("diagonal on the key side, both read", "S' = w * S + k * v", "q @ S' + u @ S");
    body("diagonal on the value side", "S' = x * S + k * v", "q @ S'");
    body("each element", "S' = w * x * S + k * v", "q @ S'");
    body("each element of a matrix", "S' = exp(-w * x) * S + k * v", "q @ S'");
    body("exponential", "S' = exp(-w * w) * S + k * v", "q @ S'");
    body("sigmoid", "S' = 1 / (1 + exp(w)) * S + k * v", "q @ S'");
    body("constant, each channel", "S' = c * S + k * v", "q @ S'");
    body("constant, each element", "S' = c * d * S + k * v", "q @ S'");
    body("constant and per step", "S' = c * w * S + k * v", "q @ S'");
    body("constant rotation", "S' = turn(S, g over K) + k * v", "q @ S'");
    body("constant rotation, scalar per step", "S' = a * turn(S, g over K) + k * v", "q @ S'");
    body("constant rotation, value side", "S' = x * turn(S, g over K) + k * v", "q @ S'");
    body("rotation of each step", "S' = turn(S, t over K) + k * v", "q @ S'");
    body("rotation of each step, scalar", "S' = a * turn(S, t over K) + k * v", "q @ S' + u @ S");
    body("rotation of each step, seen", "S' = a * turn(S, t over K) + k * v", "(S' @ v) @ k * v");
    body("delta rule", "S' = S + k * (v - k @ S)", "q @ S'");
    body("delta rule, rate", "S' = S + b * k * (v - k @ S)", "q @ S'");
    body("gated delta rule", "S' = a * S + b * k * (v - k @ (a * S))", "q @ S'");
    body("gated delta rule, read first", "S' = a * S + b * k * (v - k @ S)", "q @ S'");
    body("diagonal delta rule", "S' = w * S + k * (v - u @ S)", "q @ S'");
    body("value side decay and reads", "S' = x * S + k * (v - u @ S)", "q @ S'");
    body("element decay and reads", "S' = w * x * S + k * (v - u @ S)", "q @ S'");
    body("DPLR", "S' = w * S + u * (e @ S) + k * v", "q @ S'");
    body("read along the other axis", "S' = a * S + (S @ x) * v + k * v", "q @ S'");
    body("two reads", "S' = S + k * (v - k @ S) + u * (e @ S)", "q @ S'");
    body(
        "two micro-steps",
        "A = S - k * (k @ S) + k * v\n  S' = a * A - u * (u @ A) + u * x",
        "q @ S'");
    body(
        "three micro-steps, decay between",
        "A = S - k * (k @ S) + k * v\n  B = w * A - b * u * (u @ A)\n"
            + "  S' = B - e * (e @ B) + u * x",
        "q @ S'");
    body("delta rule, turned", "S' = turn(S, g over K) + k * (v - k @ S)", "q @ S'");
    body("delta rule, turned per step", "S' = turn(S, t over K) + k * (v - k @ S)", "q @ S'");
    body("the read is the output", "y = k @ S\n  S' = S + b * k * (v - y)", "y * v");
    body("a matrix reads", "S' = a * S + k * v", "(q * k) @ S' / (1 + a * a)");
    body("sum of two decays", "S' = a * S + b * S + k * v", "q @ S'");
    body("starts from a number", "S' = a * S + k * v", "q @ S'", "state S: [K, V] = 0.5");
    body(
        "starts from a number, delta rule",
        "S' = a * S + b * k * (v - k @ S)",
        "q @ S'",
        "state S: [K, V] = 0.5");
    String two = "state S: [K, V] = 0, P: [K, V] = 0";
    body("reads another's new value", "P' = a * P + k * v\n  S' = b * S + P'", "q @ S'", two);
    body("reads another's old value", "P' = a * P + k * v\n  S' = w * S + P", "q @ S'", two);
    body("second order", "P' = a * P + k * v\n  S' = w * S + u * (e @ P')", "q @ S' + k @ P", two);
    body(
        "each reads the other",
        "P' = a * P + k * (e @ S) + k * v\n  S' = b * S + u * (q @ P) + k * x",
        "q @ S'",
        two);
    String normaliser = "state S: [K, V] = 0, z: [K] = 0";
    body(
        "normalised",
        "S' = a * S + k * v\n  z' = a * z + k",
        "(q @ S') / (2 + (q @ z')^2)",
        normaliser);
    body(
        "ratio", "S' = w * S + k * v\n  z' = w * z + k", "(q @ S') / (4 + (q @ z')^2)", normaliser);
    body(
        "ratio of exponentials",
        "S' = S + exp(k) * v\n  z' = z + exp(k)",
        "(q @ S') / (q @ z')",
        normaliser);
    body(
        "ratio of exponentials, decaying, read before",
        "S' = exp(a) * S + exp(k + w) * v\n  z' = exp(a) * z + exp(k)",
        "(q @ S + exp(b) * v) / (q @ z + exp(b))",
        normaliser);
    String scale = "state S: [K, V] = 0, z: [] = 0, P: [K, V] = %s";
    body(
        "ratio of exponentials beside what turns",
        "S' = S + exp(a) * k * v\n  z' = z + exp(a)\n  P' = turn(P, g over K) + k * v",
        "(q @ S' + u @ S) / (z' + 2) + q @ P'",
        scale.formatted("0"));
    body(
        "ratio of exponentials beside what starts from a number",
        "S' = exp(b) * S + exp(a) * k * v\n  z' = exp(b) * z + exp(a)\n  P' = w * P + k * v",
        "(q @ S') * (q @ S) / (z + z')^2 * (q @ P)",
        scale.formatted("0.5"));
    String vector = "state h: [V] = 0";
    body("vector", "h' = x * h + (1 - x) * v", "h' * v", vector);
    body("vector, sigmoid", "h' = 1 / (1 + exp(x)) * h + v", "h + h'", vector);
    String number = "state n: [] = 1";
    body("a number", "n' = a * n + b", "n' * v", number);
    body("counts", "n' = n + 1", "n' * v", number);
  }

  private static void body(String name, String equations, String out) {
    body(name, equations, out, "state S: [K, V] = 0");
  }

  private static void body(String name, String equations, String out, String states) {
    BODIES.put(
        name,
        """
        recurrence R {
          axis  K, V, pair = K / 2
          const g: [pair], c: [K], d: [V]
          in    q: [K], k: [K], w: [K], u: [K], e: [K], v: [V], x: [V], a: [], b: [], t: [pair]
          %s
          %s
          out %s
        }
        model M(vocab = 8, d = 4, value = 3, heads = 2) {
          axis head = heads, K = d, V = value, pair = K / 2
          param table: [vocab, head, K] ~ normal(1), values: [vocab, head, V] ~ normal(1)
          param numbers: [vocab, head] ~ normal(1), angles: [vocab, head, pair] ~ normal(1)
          param W: [head, V, vocab] ~ normal(1)
          const g[h: head, j: pair] = h - j / 2, c[h: head, i: K] = 0.5 - i / 3
          const f[h: head, i: V] = 0.9 - i / 4
          in token: index of vocab
          i = table[token]
          v = values[token]
          n = numbers[token]
          o = R(g, c, f, i, i, i, i, i, v, v, n, n, angles[token])
          out (o + 0 * v) @ W
        }
        """
            .formatted(states, equations, out));
  }

  static Stream<String> names() {
    return BODIES.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void allFormsAreProved(String name) {
    Compilation compilation = Compilation.of(new Source(name + ".ret", BODIES.get(name)), Map.of());
    Operation.Recur use =
        compilation.model().step().nodes().stream()
            .map(node -> node.operation())
            .filter(Operation.Recur.class::isInstance)
            .map(Operation.Recur.class::cast)
            .findFirst()
            .orElseThrow();
    RecurrenceUse own = RecurrenceUse.of(compilation.model().step(), use);
    for (Form form : Form.values()) {
      assertThat(Prover.prove(own, DerivedForm.of(own, form), true))
          .as(form.text())
          .isInstanceOfSatisfying(
              Verdict.Proved.class,
              proved -> {
                assertThat(proved.scope().bits()).isGreaterThan(50);
                assertThat(proved.scope().argument()).isNotEqualTo(Scope.Argument.FROM_REST);
              });
    }
  }
}
