package dev.retain.compiler.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.ModelBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Recurrences of many kinds, each compiled as a small model in float64: every form, whole and
 * ragged, gives what the steps give one by one in plain Java.
 */
class DerivedModelsTest {
  private static final int TIME = 7;

  @TempDir Path folder;

  /** A recurrence of inputs q, k: [K] and v: [V]. */
  private static Arguments recurrence(String name, String items, String use) {
    String text =
        """
        recurrence R {
        %s
        }
        model M(vocab = 6, d = 5) {
          axis K = 4, V = 3, W = 2, pair = K / 2
          param table: [vocab, d] ~ normal(1)
          param Wq, Wk: [d, K] ~ normal(0.5), Wv: [d, V] ~ normal(0.5), Wu: [d, W] ~ normal(0.5)
          param one: [d] ~ normal(0.5)
          param rv: [V, vocab] ~ normal(0.5), rk: [K, vocab] ~ normal(0.5)
          param rs: [vocab] ~ normal(0.5), rw: [W, vocab] ~ normal(0.5)
          param freq: [pair] ~ normal(1)
          const each[w: W] = 0.5 + w / 4
          const gamma: [] = 0.75, minus: [] = -0.5, theta[j: pair] = 1 / (1 + j)
          in token: index of vocab
          x = table[token]
          q = x @ Wq  k = x @ Wk  v = x @ Wv  u = x @ Wu  s = x @ one
          out %s
        }
        """
            .formatted(items, use);
    return Arguments.of(name, text);
  }

  static Stream<Arguments> recurrences() {
    return Stream.of(
        recurrence(
            "forgets everything: the value of this step",
            "axis K in k: [K] state S: [K] = 0 S' = k out S'",
            "R(k) @ rk"),
        recurrence(
            "the value of the step before",
            "axis K in k: [K] state S: [K] = 0 S' = k out S",
            "(k + R(k)) @ rk"),
        recurrence(
            "the value of two steps before, through two recurrences",
            "axis K in k: [K] state S: [K] = 0 S' = k out S",
            "R(R(k)) @ rk"),
        recurrence(
            "a plain sum",
            "axis K, V in q, k: [K], v: [V] state S: [K, V] = 0 S' = S + k * v out q @ S'",
            "R(q, k, v) @ rv"),
        recurrence(
            "several writes",
            "axis K, V const g: [] in q, k, l: [K], v, w: [V] state S: [K, V] = 0"
                + " S' = g * S + k * v - 0.5 * (l * w) + 2 * (k * w) out q @ S'",
            "R(gamma, q, k, q, v, v * v) @ rv"),
        recurrence(
            "read before it is written",
            "axis K, V const g: [] in q, k: [K], v: [V] state S: [K, V] = 0"
                + " S' = g * S + k * v out q @ S",
            "R(gamma, q, k, v) @ rv"),
        recurrence(
            "read before and after",
            "axis K, V const g: [] in q, k: [K], v: [V] state S: [K, V] = 0"
                + " S' = g * S + k * v out q @ S + k @ S'",
            "R(gamma, q, k, v) @ rv"),
        recurrence(
            "elementwise, nothing contracted",
            "axis K const g: [] in q, k: [K] state S: [K] = 0 S' = g * S + k out q * S'",
            "R(gamma, q, k) @ rk"),
        recurrence(
            "one number",
            "const g: [] in x: [] state z: [] = 0 z' = g * z + x out z' / (1 + exp(x))",
            "R(gamma, s) * rs"),
        recurrence(
            "a count",
            "const g: [] in x: [] state z: [] = 0 z' = g * z + 1 out x / sqrt(z')",
            "R(gamma, s) * rs"),
        recurrence(
            "a decay of alternating sign",
            "axis K, V const g: [] in q, k: [K], v: [V] state S: [K, V] = 0"
                + " S' = g * S + k * v out q @ S'",
            "R(minus, q, k, v) @ rv"),
        recurrence(
            "a decay of 0, given as a number",
            "axis K, V const g: [] in q, k: [K], v: [V] state S: [K, V] = 0"
                + " S' = g * S + k * v out q @ S'",
            "R(0, q, k, v) @ rv"),
        recurrence(
            "a decay of 1, given as a number",
            "axis K, V const g: [] in q, k: [K], v: [V] state S: [K, V] = 0"
                + " S' = g * S + k * v out q @ S'",
            "R(1, q, k, v) @ rv"),
        recurrence(
            "a learned decay, as a sigmoid",
            "axis K, V param a: [] in q, k: [K], v: [V] state S: [K, V] = 0"
                + " S' = S / (1 + exp(a)) + k * v out q @ S'",
            "R(sum(one over d), q, k, v) @ rv"),
        recurrence(
            "a state of rank 3",
            "axis K, V, W const g: [] in q, k: [K], v: [V], u: [W] state S: [K, V, W] = 0"
                + " S' = g * S + k * v * u out q @ S' @ u",
            "R(gamma, q, k, v, u) @ rv"),
        recurrence(
            "a state of rank 3, two axes summed at once",
            "axis K, V, W const g: [] in q, k: [K], v: [V], u: [W] state S: [K, V, W] = 0"
                + " S' = g * S + k * v * u out (q * u) @ S'",
            "R(gamma, q, k, v, u) @ rv"),
        recurrence(
            "a write whose factors share an axis",
            "axis K, V const g: [] in q, k: [K], m: [K, V] state S: [K, V] = 0"
                + " S' = g * S + k * m out q @ S'",
            "R(gamma, q, k, q * v) @ rv"),
        recurrence(
            "a write that is the same along the axis that is read",
            "axis K, V const g: [] in q: [K], v: [V] state S: [K, V] = 0"
                + " S' = g * S + v out q @ S'",
            "R(gamma, q, v) @ rv"),
        recurrence(
            "a write that is the same along the axis that stays",
            "axis K, V const g: [] in q, k: [K], v: [V] state S: [K, V] = 0"
                + " S' = g * S + k out (q @ S') * v",
            "R(gamma, q, k, v) @ rv"),
        recurrence(
            "a write of a constant",
            "axis K const g: [] in q: [K] state S: [K] = 0 S' = g * S + 0.5 out q * S'",
            "R(gamma, q) @ rk"),
        recurrence(
            "a write of a learned vector",
            "axis K, V const g: [] param p: [K] in q: [K], v: [V] state S: [K, V] = 0"
                + " S' = g * S + p * v out q @ S'",
            "R(gamma, rk @ rs, q, v) @ rv"),
        recurrence(
            "a sum of two read-outs of two states",
            "axis K, V const g, h: [] in q, k: [K], v: [V] state S, Z: [K, V] = 0"
                + " S' = g * S + k * v Z' = h * Z + q * v out q @ S' - 3 * (k @ Z)",
            "R(gamma, minus, q, k, v) @ rv"),
        recurrence(
            "the quotient of two read-outs",
            "axis K, V const g: [] in q, k: [K], v: [V] state S: [K, V] = 0, z: [K] = 0"
                + " S' = g * S + exp(k) * v z' = g * z + exp(k)"
                + " out (exp(q) @ S') / (exp(q) @ z')",
            "R(gamma, q, k, v) @ rv"),
        recurrence(
            "summed over an axis without a vector",
            "axis K, V const g: [] in k: [K], v: [V] state S: [K, V] = 0"
                + " S' = g * S + k * v out sum(S' over K)",
            "R(gamma, k, v) @ rv"),
        recurrence(
            "read out whole",
            "axis K, V const g: [] in k: [K], v: [V] state S: [K, V] = 0"
                + " S' = g * S + k * v out S'",
            "(q @ R(gamma, k, v)) @ rv"),
        recurrence(
            "turning",
            "axis K, V, pair = K / 2 const g: [], t: [pair] in q, k: [K], v: [V]"
                + " state S: [K, V] = 0 S' = g * turn(S, t over K) + k * v out q @ S'",
            "R(gamma, theta, q, k, v) @ rv"),
        recurrence(
            "turning without fading, read before it is written",
            "axis K, V, pair = K / 2 const t: [pair] in q, k: [K], v: [V]"
                + " state S: [K, V] = 0 S' = turn(S, t over K) + k * v out q @ S",
            "R(theta, q, k, v) @ rv"),
        recurrence(
            "turning by learned angles",
            "axis K, V, pair = K / 2 const g: [] param t: [pair] in q, k: [K], v: [V]"
                + " state S: [K, V] = 0 S' = g * turn(S, t over K) + k * v out q @ S'",
            "R(gamma, freq, q, k, v) @ rv"),
        recurrence(
            "turning a vector that is not contracted",
            "axis K, pair = K / 2 const g: [], t: [pair] in q, k: [K]"
                + " state S: [K] = 0 S' = g * turn(S, t over K) + k out q * S'",
            "R(gamma, theta, q, k) @ rk"),
        recurrence(
            "turned where it is read",
            "axis K, V, pair = K / 2 const g: [] in t: [pair], q, k: [K], v: [V]"
                + " state S: [K, V] = 0 S' = g * S + k * v"
                + " out q @ turn(S', t over K) + q @ turn(S, -t over K)",
            "R(gamma, freq * s, q, k, v) @ rv"),
        recurrence(
            "turned where it is read, along the axis that stays",
            "axis K, V, pair = K / 2 const g: [] in t: [pair], k: [K], v: [V]"
                + " state S: [K, V] = 0 S' = g * S + k * v out v @ turn(S', t over K)",
            "R(gamma, freq * s, k, v) @ rk"),
        recurrence(
            "one state turns, another is turned where it is read",
            "axis K, V, pair = K / 2 const g: [], t: [pair] in q, k: [K], v: [V]"
                + " state S: [K, V] = 0, Z: [K, V] = 0 S' = g * turn(S, t over K) + k * v"
                + " Z' = g * Z + k * v out q @ S' - q @ turn(Z', t over K)",
            "R(gamma, theta, q, k, v) @ rv"),
        recurrence(
            "an input of the name of the step's position",
            "axis K, V, pair = K / 2 const g: [], t: [pair] in position, k: [K], valid: [V]"
                + " state S: [K, V] = 0 S' = g * turn(S, t over K) + k * valid out position @ S'",
            "R(gamma, theta, q, k, v) @ rv"),
        recurrence(
            "mapped over an axis, with a decay for each",
            "axis K const g: [] in q, k: [K] state S: [K] = 0 S' = g * S + k out q @ S'",
            "R(each, u * q, u * k) @ rw"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recurrences")
  void everyFormComputesWhatTheStepsDo(String name, String text) throws IOException {
    Path file = folder.resolve("model.ret");
    Files.writeString(file, text);
    ModelBuilder builder =
        ModelBuilder.build(
            new ModelBuilder.Request(
                file,
                Map.of(),
                Optional.empty(),
                List.of(),
                OptionalLong.of(5),
                ElementType.F64,
                List.of(Width.W256)));
    assertThat(builder.compiled().description().equivalences())
        .singleElement()
        .asString()
        .contains("R: recurrent = parallel = chunkwise: proved (");
    TensorProgram steps = Compilation.of(file, Map.of()).tensors(Form.RECURRENT, false);
    try (RetainModel model = builder.open(Width.W256, Engine.shared())) {
      Steps oracle = new Steps(steps, model);
      for (Form form : Form.values()) {
        for (int chunk : List.of(1, 3, TIME)) {
          whole(model, oracle, form, chunk);
          ragged(model, oracle, form, chunk);
        }
      }
    }
  }

  private static void whole(RetainModel model, Steps steps, Form form, int chunk) {
    int[][] tokens = {{0, 3, 1, 5, 2, 2, 4}, {5, 5, 0, 1, 4, 3, 2}};
    try (Session session = model.newSession(tokens.length)) {
      NativeTensor logits = session.run(tokens, form, RunOptions.DEFAULT.withChunk(chunk));
      for (int b = 0; b < tokens.length; b++) {
        int row = b * TIME;
        Map<String, Tensor<Double>> states =
            steps.run(tokens[b], t -> row + t, logits, form + " by " + chunk);
        for (Map.Entry<String, Tensor<Double>> state : states.entrySet()) {
          NativeTensor kept = session.state().slice(b).tensors().get(state.getKey());
          assertClose(kept, 0, state.getValue(), state.getKey() + " after " + form);
        }
      }
    }
  }

  /** Each piece of a padded, packed sequence gives what it gives alone. */
  private static void ragged(RetainModel model, Steps steps, Form form, int chunk) {
    int[][] tokens = {{0, 3, 1, 5, 2, 2, 4}};
    boolean[][] mask = {{false, true, true, false, true, true, true}};
    boolean[][] resets = {{false, false, false, false, false, true, false}};
    try (Session session = model.newSession(1)) {
      NativeTensor logits =
          session.run(
              tokens, form, RunOptions.DEFAULT.withChunk(chunk).withMask(mask).withResets(resets));
      int[] first = {1, 2, 4};
      int[] second = {5, 6};
      for (int[] piece : List.of(first, second)) {
        int[] alone = Arrays.stream(piece).map(t -> tokens[0][t]).toArray();
        steps.run(alone, t -> piece[t], logits, "ragged " + form + " by " + chunk);
      }
    }
  }

  /** The recurrent program of the whole model, in plain Java. */
  private record Steps(TensorProgram program, RetainModel model) {
    /** The states after the last token, each step's output having been held against the logits. */
    Map<String, Tensor<Double>> run(
        int[] tokens, IntUnaryOperator row, NativeTensor logits, String what) {
      Map<String, Tensor<Double>> states = new HashMap<>();
      for (int t = 0; t < tokens.length; t++) {
        int step = t;
        Map<String, Tensor<Double>> before = Map.copyOf(states);
        List<Tensor<Double>> values =
            new GraphEvaluator<>(
                    RealNumbers.INSTANCE, 1, 1, leaf -> leaf(leaf, tokens[step], step, before))
                .evaluate(program.graph());
        program.nextStates().forEach((path, id) -> states.put(path, values.get(id)));
        assertClose(
            logits, row.applyAsInt(t), values.get(program.output()), what + " at step " + t);
      }
      return states;
    }

    private Tensor<Double> leaf(
        Node leaf, int token, int position, Map<String, Tensor<Double>> states) {
      List<Integer> sizes =
          leaf.axes().stream().map(axis -> axis.isFixed() ? axis.size() : 1).toList();
      return switch (leaf.operation()) {
        case Operation.Parameter(String path) -> weight(path, leaf, sizes);
        case Operation.Constant(String path) -> weight(path, leaf, sizes);
        case Operation.State(String path) ->
            states.containsKey(path)
                ? states.get(path).along(leaf.axes(), sizes)
                : Tensor.of(leaf.axes(), sizes, () -> 0.0);
        case Operation.Input(String name) ->
            Tensor.of(
                leaf.axes(), sizes, () -> (double) (name.equals(Inputs.TOKEN) ? token : position));
        default -> throw new AssertionError(leaf);
      };
    }

    private Tensor<Double> weight(String path, Node leaf, List<Integer> sizes) {
      NativeTensor weight = model.weights().get(path);
      int[] next = {0};
      return Tensor.of(leaf.axes(), sizes, () -> weight.getDouble(next[0]++));
    }
  }

  /** Elements of one row of a tensor; a value that is the same along its axes is so in all. */
  private static void assertClose(
      NativeTensor actual, int row, Tensor<Double> expected, String what) {
    List<Double> elements = expected.elements();
    for (int i = 0; i < elements.size(); i++) {
      double wanted = elements.get(i);
      assertThat(actual.getDouble((long) row * elements.size() + i))
          .as("element %d of %s", i, what)
          .isCloseTo(wanted, within(1e-12 * Math.max(1, Math.abs(wanted))));
    }
  }
}
