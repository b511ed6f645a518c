package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.interpreter.Bindings;
import dev.retain.compiler.interpreter.Interpreter;
import dev.retain.compiler.names.StandardLibrary;
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
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class StandardLibraryTest {
  private static final Path EVERYTHING =
      RetFiles.root().resolve("compiler/src/test/resources/library/everything.ret");
  private static final Path SOURCES =
      RetFiles.root().resolve("compiler/src/main/resources/dev/retain");
  private static final Pattern DECLARATION =
      Pattern.compile(
          "^(?<doc>///.*\n)?(function|layer|recurrence) (?<name>\\w+)", Pattern.MULTILINE);

  @TempDir Path folder;

  static Stream<MatchResult> declarations() throws IOException {
    Stream<MatchResult> all = Stream.of();
    for (String file : StandardLibrary.FILES) {
      String text = Files.readString(SOURCES.resolve(file.replace('.', '/') + ".ret"));
      all = Stream.concat(all, DECLARATION.matcher(text).results());
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("declarations")
  void everyDeclarationIsDocumentedAndUsedHere(MatchResult declaration) throws IOException {
    assertThat(declaration.group("doc")).as(declaration.group()).isNotNull();
    assertThat(Files.readString(EVERYTHING))
        .containsPattern("\\b" + declaration.group("name") + "\\b");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void everyFormComputesWhatTheInterpreterDoes(Form form) {
    int[][] tokens = {{0, 10, 3, 3, 7, 1, 5}, {9, 2, 2, 8, 4, 6, 0}};
    try (RetainModel model = open(EVERYTHING);
        Session session = model.newSession(2)) {
      INDArray expected =
          Interpreter.run(
                  Compilation.of(EVERYTHING, Map.of()).tensors(Form.PARALLEL, false),
                  bindings(model, tokens))
              .output();
      NativeTensor logits = session.run(tokens, form, RunOptions.DEFAULT.withChunk(3));
      for (int i = 0; i < expected.length(); i++) {
        assertThat(logits.getDouble(i)).isCloseTo(expected.getDouble(i), within(1e-12));
      }
    }
  }

  private static Bindings bindings(RetainModel model, int[][] tokens) {
    Map<String, INDArray> weights = new HashMap<>();
    model.weights().forEach((path, tensor) -> weights.put(path, tensor.array()));
    Map<String, INDArray> states = new HashMap<>();
    try (Session rest = model.newSession(tokens.length)) {
      rest.state().tensors().forEach((path, state) -> states.put(path, state.array().dup()));
    }
    return new Bindings(
        tokens.length,
        tokens[0].length,
        weights,
        Map.of(
            Inputs.TOKEN, Nd4j.createFromArray(tokens),
            Inputs.POSITION, Nd4j.zeros(tokens.length)),
        states);
  }

  @ParameterizedTest
  @CsvSource({
    "sigmoid(1), 0.731058578630004879251",
    "sigmoid(-30), 9.357622968839299e-14",
    "swish(1), 0.731058578630004879251",
    "swish(-2), -0.238405844044234834",
    "gelu(1), 0.841344746068542948585",
    "gelu(-1), -0.158655253931457051415",
    "gelu(0.5), 0.345731230637006551",
    "relu(-3), 0",
    "relu(3), 3",
    "identity(-3), -3",
    "'xavier(3, 5, 2)', 1.732050807568877293527",
    "fan_in(4), 0.5"
  })
  void functionsHaveTheirPublishedValues(String call, double value) {
    String text =
        """
        import std.layers
        model M(vocab = 2) {
          const value: [] = %s
          param rows: [vocab] ~ normal(1)
          in token: index of vocab
          out rows * value
        }
        """
            .formatted(call);
    assertThat(
            Compilation.of(new Source("m.ret", text), Map.of())
                .model()
                .constants()
                .getFirst()
                .values())
        .singleElement()
        .satisfies(actual -> assertThat(actual).isCloseTo(value, within(1e-15)));
  }

  @Test
  void rmsNormDividesByTheRootOfTheMeanSquare() throws IOException {
    assertThatLayerComputes(
        "RmsNorm(d, eps = 0.5)",
        "d",
        x -> {
          double square = Arrays.stream(x).map(v -> v * v).average().orElseThrow();
          return Arrays.stream(x).map(v -> v / Math.sqrt(square + 0.5)).toArray();
        });
  }

  @Test
  void layerNormTakesTheMeanAwayAndDividesByTheDeviation() throws IOException {
    assertThatLayerComputes("LayerNorm(d, eps = 0.5)", "d", x -> standardised(x, 0.5));
  }

  @Test
  void groupNormDoesSoInEachGroup() throws IOException {
    assertThatLayerComputes(
        "GroupNorm(group, width, eps = 0.5)",
        "group, width",
        x ->
            Stream.of(Arrays.copyOf(x, 3), Arrays.copyOfRange(x, 3, 6))
                .flatMapToDouble(half -> Arrays.stream(standardised(half, 0.5)))
                .toArray());
  }

  private static double[] standardised(double[] x, double eps) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    return Arrays.stream(x).map(v -> (v - mean) / Math.sqrt(variance + eps)).toArray();
  }

  /** Applies the layer to the rows of a table. */
  private void assertThatLayerComputes(String layer, String axes, UnaryOperator<double[]> expected)
      throws IOException {
    String text =
        """
        import std.layers
        model M(vocab = 6) {
          axis d = vocab, group = 2, width = 3
          const to[i: vocab, g: group, w: width] = if i == 3 * g + w then 1 else 0
          const from[g: group, w: width, i: vocab] = if i == 3 * g + w then 1 else 0
          const to_d[i: vocab, j: d] = if i == j then 1 else 0
          const from_d[j: d, i: vocab] = if i == j then 1 else 0
          param table: [vocab, d] ~ normal(1)
          layer norm = %s
          in token: index of vocab
          x = table[token] @ from_d
          y: [%s] = x @ %s
          out norm(y) @ %s
        }
        """
            .formatted(
                layer,
                axes,
                axes.equals("d") ? "to_d" : "to",
                axes.equals("d") ? "from_d" : "from");
    Path file = folder.resolve("norm.ret");
    Files.writeString(file, text);
    int[][] tokens = {{0, 1, 2, 3, 4, 5}};
    try (RetainModel model = open(file);
        Session session = model.newSession(1)) {
      NativeTensor logits = session.run(tokens, Form.PARALLEL, RunOptions.DEFAULT);
      NativeTensor table = model.weights().get("table");
      for (int row = 0; row < 6; row++) {
        int start = 6 * row;
        double[] x = IntStream.range(start, start + 6).mapToDouble(table::getDouble).toArray();
        double[] actual =
            IntStream.range(start, start + 6).mapToDouble(logits::getDouble).toArray();
        assertThat(actual).containsExactly(expected.apply(x), within(1e-14));
      }
    }
  }

  private static RetainModel open(Path file) {
    return ModelBuilder.build(
            new ModelBuilder.Request(
                file,
                Map.of(),
                Optional.empty(),
                List.of(),
                OptionalLong.of(3),
                ElementType.F64,
                List.of(Width.W256)))
        .open(Width.W256, Engine.shared());
  }
}
