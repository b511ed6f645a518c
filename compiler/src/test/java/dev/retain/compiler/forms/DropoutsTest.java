package dev.retain.compiler.forms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.interpreter.Bindings;
import dev.retain.compiler.interpreter.Interpreter;
import dev.retain.compiler.tensor.GraphPrinter;
import dev.retain.compiler.tensor.GraphVerifier;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Inputs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DropoutsTest {
  private static final String RECURRENCE =
      """
      recurrence Sum {
        axis  K
        in    x: [K]
        state S: [K] = 0
        S' = S + x
        out S'
      }
      """;

  /** A table whose rows are added up, each with some of its numbers dropped. */
  private static String model(String summed) {
    return RECURRENCE
        + """
        layer Drop(d, rate) {
          in x: [d]
          out dropout(x, rate)
        }
        model M(vocab = 3, dropout = 0.0, times = 2) {
          axis d = vocab
          param table: [vocab, d] ~ normal(1)
          const back[i: d, j: vocab] = if i == j then 1 else 0
          layer one = Drop(d, 0.25), row[times] = Drop(d, 0.5)
          in token: index of vocab
          x = table[token]
          out Sum(%s) @ back
        }
        """
            .formatted(summed);
  }

  private static TensorProgram derive(String summed, Form form, boolean ragged) throws Exception {
    var model = Compilation.of(new Source("m.ret", model(summed)), Map.of()).model();
    TensorProgram program = FormDerivation.derive(model.step(), model.output(), form, ragged);
    GraphVerifier.verify(program);
    return program;
  }

  private static List<Operation.Dropout> dropouts(TensorProgram program) {
    return program.graph().nodes().stream()
        .map(node -> node.operation())
        .filter(Operation.Dropout.class::isInstance)
        .map(Operation.Dropout.class::cast)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"one(x), 1", "one(x) + one(x), 2", "row(x), 2", "row(row(x)) + one(x), 5"})
  void noTwoUsesDrawAlike(String summed, int uses) throws Exception {
    TensorProgram program = derive(summed, Form.CHUNKWISE, false);
    assertThat(dropouts(program))
        .extracting(Operation.Dropout::site)
        .doesNotHaveDuplicates()
        .hasSize(uses);
    TensorProgram drawn = Dropouts.drawn(program);
    GraphVerifier.verify(drawn);
    assertThat(dropouts(drawn)).isEmpty();
    assertThat(noises(drawn)).hasSize(uses);
  }

  private static List<String> noises(TensorProgram program) {
    return program.graph().nodes().stream()
        .filter(node ->
            node.operation() instanceof Operation.Input input
                && input.name().startsWith(Inputs.NOISE))
        .peek(node -> assertThat(node.precision()).isEqualTo(Precision.REAL))
        .map(node -> ((Operation.Input) node.operation()).name())
        .toList();
  }

  /** A model that drops runs the very programs of one that does not. */
  @ParameterizedTest
  @EnumSource(Form.class)
  void removedItIsTheValueItself(Form form) throws Exception {
    for (boolean ragged : List.of(false, true)) {
      String plain = GraphPrinter.print(derive("x + x", form, ragged));
      TensorProgram dropping = derive("dropout(x, 0.1) + one(x)", form, ragged);
      assertThat(GraphPrinter.print(Dropouts.removed(dropping))).isEqualTo(plain);
      assertThat(GraphPrinter.print(dropping)).isNotEqualTo(plain);
      Compilation compilation =
          Compilation.of(new Source("m.ret", model("dropout(x, 0.1) + one(x)")), Map.of());
      assertThat(GraphPrinter.print(compilation.tensors(form, ragged))).isEqualTo(plain);
    }
  }

  @Test
  void withARateOfZeroThereIsNone() throws Exception {
    TensorProgram program = derive("dropout(x, dropout)", Form.PARALLEL, false);
    assertThat(dropouts(program)).isEmpty();
    assertThat(Dropouts.drawn(program)).isSameAs(program);
  }

  /** The sum over the steps of what is left of [2, 4, 8], each number by its own noise. */
  @ParameterizedTest
  @EnumSource(value = Form.class, names = "RECURRENT", mode = EnumSource.Mode.EXCLUDE)
  void drawnItKeepsWhereTheNoiseReachesTheRate(Form form) throws Exception {
    TensorProgram program = Dropouts.drawn(derive("one(x)", form, false));
    String noise = noises(program).getFirst();
    double[][][] draws = {{{0.25, 0, 0.9}, {0.2499, 0.99, 0.25}}};
    Map<String, INDArray> inputs = new HashMap<>();
    inputs.put(Inputs.TOKEN, Nd4j.createFromArray(new int[][] {{1, 1}}));
    inputs.put(Inputs.POSITION, Nd4j.zeros(1));
    inputs.put(noise, Nd4j.createFromArray(draws));
    double[][] table = {{1, 1, 1}, {2, 4, 8}, {1, 1, 1}};
    double[][] identity = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    INDArray output =
        Interpreter.run(
                program,
                new Bindings(
                    1,
                    2,
                    Map.of(
                        "table", Nd4j.createFromArray(table),
                        "back", Nd4j.createFromArray(identity)),
                    inputs,
                    Map.of("Sum.S", Nd4j.zeros(1, 3))))
            .output();
    double[] expected = {2, 0, 8, 2, 4, 16};
    assertThat(IntStream.range(0, 6).mapToDouble(output::getDouble).toArray())
        .containsExactly(
            IntStream.range(0, 6).mapToDouble(i -> expected[i] / 0.75).toArray(), within(1e-12));
  }
}
