package dev.retain.compiler.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.RetFiles;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.interpreter.Bindings;
import dev.retain.compiler.interpreter.Interpreter;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Inputs;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The evaluator in plain Java and the interpreter over ND4J agree. */
class GraphEvaluatorTest {
  private static final Span SPAN = Span.none();
  private static final int BATCH = 2;
  private static final int TIME = 3;
  private static final Axis K = Axis.of("K", 4);
  private static final Axis PAIR = Axis.of("pair", 2);
  private static final Axis V = Axis.of("V", 3);

  private final Random random = new Random(7);
  private final Map<String, Tensor<Double>> leaves = new HashMap<>();

  private Tensor<Double> leaf(Node node) {
    String name =
        switch (node.operation()) {
          case Operation.Parameter(String path) -> path;
          case Operation.Constant(String path) -> path;
          case Operation.Input(String input) -> input;
          case Operation.State(String path) -> path;
          default -> throw new AssertionError(node);
        };
    return leaves.computeIfAbsent(
        name, key -> Tensor.of(node.axes(), evaluator().sizes(node.axes()), () -> number(node)));
  }

  /** Positive numbers; whole ones for tokens and for what a block is told about its steps. */
  private double number(Node node) {
    boolean told =
        node.operation() instanceof Operation.Input(String name) && Inputs.ALL.contains(name);
    return node.precision() == Precision.WHOLE || told
        ? random.nextInt(3)
        : 0.2 + random.nextDouble();
  }

  private GraphEvaluator<Double> evaluator() {
    return new GraphEvaluator<>(RealNumbers.INSTANCE, BATCH, TIME, this::leaf);
  }

  private void assertEqualToTheInterpreter(Graph graph, Set<Integer> wanted) {
    List<Tensor<Double>> actual = evaluator().evaluate(graph);
    Map<String, INDArray> arrays = new HashMap<>();
    leaves.forEach((name, tensor) -> arrays.put(name, array(tensor)));
    Map<Integer, INDArray> expected =
        Interpreter.evaluate(graph, wanted, new Bindings(BATCH, TIME, arrays, arrays, arrays));
    for (int id : wanted) {
      Tensor<Double> tensor = actual.get(id);
      assertThat(tensor.axes()).isEqualTo(graph.node(id).axes());
      double[] elements = expected.get(id).dup('c').data().asDouble();
      assertThat(tensor.elements()).as("%%%d", id).hasSize(elements.length);
      for (int i = 0; i < elements.length; i++) {
        assertThat(tensor.elements().get(i))
            .as("element %d of %%%d = %s", i, id, graph.node(id).operation())
            .isCloseTo(elements[i], within(1e-13 * Math.max(1, Math.abs(elements[i]))));
      }
    }
  }

  private static INDArray array(Tensor<Double> tensor) {
    double[] elements = tensor.elements().stream().mapToDouble(Double::doubleValue).toArray();
    return tensor.axes().isEmpty()
        ? Nd4j.scalar(elements[0])
        : Nd4j.create(
            elements, tensor.sizes().stream().mapToLong(Integer::longValue).toArray(), 'c');
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void pointwiseFunctions(Function function) {
    GraphBuilder graph = new GraphBuilder();
    int[] operands = {
      graph.parameter("a", List.of(K, V), SPAN),
      graph.constant("b", List.of(V), SPAN),
      graph.state("c", List.of(Axis.BATCH, K), SPAN)
    };
    int result =
        graph.pointwise(function, SPAN, java.util.Arrays.copyOf(operands, function.arity()));
    assertEqualToTheInterpreter(graph.build(), Set.of(result));
  }

  @Test
  void everythingElse() {
    GraphBuilder graph = new GraphBuilder();
    int x = graph.input("x", List.of(Axis.BATCH, Axis.TIME, K), Precision.REAL, SPAN);
    int w = graph.parameter("w", List.of(K, V), SPAN);
    int table = graph.parameter("table", List.of(V, PAIR), SPAN);
    int token = graph.input(Inputs.TOKEN, List.of(Axis.BATCH, Axis.TIME), Precision.WHOLE, SPAN);
    int angle = graph.constant("angle", List.of(V, PAIR), SPAN);
    int source = graph.rename(x, Axis.TIME, Axis.SOURCE, SPAN);
    int paired = graph.parameter("paired", List.of(PAIR, K), SPAN);
    Set<Integer> wanted =
        Set.of(
            graph.contract(x, w, List.of(K), SPAN),
            graph.contract(x, source, List.of(K), SPAN),
            graph.contract(x, x, List.of(Axis.BATCH, K), SPAN),
            graph.reduce(Reduction.SUM, x, List.of(Axis.TIME, K), SPAN),
            graph.reduce(Reduction.MAXIMUM, x, List.of(Axis.TIME), SPAN),
            graph.gather(table, V, token, SPAN),
            graph.turn(x, angle, K, PAIR, SPAN),
            graph.turn(paired, angle, K, PAIR, SPAN),
            graph.multiply(graph.index(Axis.SOURCE, SPAN), source, SPAN),
            source);
    assertEqualToTheInterpreter(graph.build(), wanted);
  }

  @ParameterizedTest
  @CsvSource({
    "RECURRENT, false",
    "RECURRENT, true",
    "PARALLEL, false",
    "PARALLEL, true",
    "CHUNKWISE, false",
    "CHUNKWISE, true"
  })
  void wholeModels(Form form, boolean ragged) {
    TensorProgram program =
        Compilation.of(
                RetFiles.root().resolve("compiler/src/test/resources/golden/turning.ret"), Map.of())
            .tensors(form, ragged);
    Set<Integer> wanted = new HashSet<>(program.nextStates().values());
    wanted.add(program.output());
    assertEqualToTheInterpreter(program.graph(), wanted);
  }
}
