package dev.retain.compiler.bytecode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.fusion.Fuser;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.interpreter.Bindings;
import dev.retain.compiler.interpreter.Interpreter;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Extent;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.GraphVerifier;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Kernels of products that are added up, as what is read of a state and of a block's steps. */
class JoinedKernelsTest {
  private static final double SCALE = 0.25;

  /** A block's shape, the sizes of a head and the kernels' kind. */
  record Case(ElementType real, int bits, int time, int key, int value) {}

  static Stream<Case> cases() {
    return Stream.of(ElementType.F64, ElementType.F32)
        .flatMap(real ->
            Stream.of(0, 128, 256, 512)
                .flatMap(bits ->
                    Stream.of(
                        new Case(real, bits, 1, 16, 32),
                        new Case(real, bits, 5, 3, 7),
                        new Case(real, bits, 37, 64, 128),
                        // More steps than are packed at once.
                        new Case(real, bits, 200, 90, 50))));
  }

  /** {@code scale * (fade * (query @ state) + scores @ values)}, and scores up to the time. */
  private static TensorProgram ofState(Case at) {
    Axis head = Axis.of("head", 2);
    Axis key = Axis.of("K", at.key());
    Axis value = Axis.of("V", at.value());
    GraphBuilder graph = new GraphBuilder();
    int query = graph.parameter("q", List.of(Axis.BATCH, Axis.TIME, head, key), Span.none());
    int state = graph.parameter("S", List.of(Axis.BATCH, head, key, value), Span.none());
    int fade = graph.parameter("f", List.of(Axis.TIME, head), Span.none());
    int scores =
        graph.parameter("P", List.of(Axis.BATCH, head, Axis.TIME, Axis.SOURCE), Span.none());
    int values = graph.parameter("v", List.of(Axis.BATCH, Axis.SOURCE, head, value), Span.none());
    List<Axis> axes = List.of(Axis.BATCH, Axis.TIME, head, value);
    int read = product(graph, query, state, key, axes);
    int written = product(graph, upToTime(graph, scores), values, Axis.SOURCE, axes);
    int faded = graph.pointwise(Function.MULTIPLY, Span.none(), fade, read);
    int sum = graph.pointwise(Function.ADD, Span.none(), faded, written);
    int output =
        graph.pointwise(Function.MULTIPLY, Span.none(), graph.literal(SCALE, Span.none()), sum);
    return program(graph, output);
  }

  /** {@code |scores @ keys - flowing @ state^T|}: a sum within another value, of a turned side. */
  private static TensorProgram withinAnother(Case at) {
    Axis head = Axis.of("head", 2);
    Axis key = Axis.of("K", at.key());
    Axis value = Axis.of("V", at.value());
    GraphBuilder graph = new GraphBuilder();
    int scores =
        graph.parameter("P", List.of(Axis.BATCH, head, Axis.TIME, Axis.SOURCE), Span.none());
    int keys = graph.parameter("k", List.of(Axis.BATCH, Axis.SOURCE, head, key), Span.none());
    int flowing = graph.parameter("d", List.of(Axis.BATCH, Axis.TIME, head, value), Span.none());
    int state = graph.parameter("S", List.of(Axis.BATCH, head, key, value), Span.none());
    List<Axis> axes = List.of(Axis.BATCH, head, Axis.TIME, key);
    int ofSteps = product(graph, upToTime(graph, scores), keys, Axis.SOURCE, axes);
    int ofState = product(graph, flowing, state, value, axes);
    int difference = graph.pointwise(Function.SUBTRACT, Span.none(), ofSteps, ofState);
    return program(graph, graph.pointwise(Function.ABS, Span.none(), difference));
  }

  private static int product(GraphBuilder graph, int left, int right, Axis over, List<Axis> axes) {
    return graph.add(
        new Operation.Contract(left, right, List.of(over)), axes, Precision.REAL, Span.none());
  }

  private static int upToTime(GraphBuilder graph, int value) {
    int condition =
        graph.pointwise(
            Function.LESS_OR_EQUAL,
            Span.none(),
            graph.index(Axis.SOURCE, Span.none()),
            graph.index(Axis.TIME, Span.none()));
    return graph.pointwise(
        Function.SELECT, Span.none(), condition, value, graph.literal(0, Span.none()));
  }

  private static TensorProgram program(GraphBuilder graph, int output) {
    TensorProgram program = new TensorProgram("joined", graph.build(), output, Map.of());
    GraphVerifier.verify(program);
    return program;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsReadOfTheStateAndOfSteps(Case at) {
    agrees(ofState(at), at);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aSumWithinAnotherValue(Case at) {
    agrees(withinAnother(at), at);
  }

  @Test
  void theSumIsOneKernel() {
    Case at = new Case(ElementType.F32, 512, 5, 64, 128);

    assertThat(joined(ofState(at)))
        .singleElement()
        .satisfies(stage -> {
          assertThat(stage.terms()).hasSize(2);
          assertThat(stage.target().name()).isEqualTo("output");
        });
    assertThat(joined(withinAnother(at)))
        .singleElement()
        .satisfies(stage -> assertThat(stage.target().name()).isNotEqualTo("output"));
  }

  private static List<Stage.Joined> joined(TensorProgram program) {
    return Fuser.fuse(program, ElementType.F32, Map.of()).stages().stream()
        .flatMap(stage -> stage.kernels().stream())
        .filter(Stage.Joined.class::isInstance)
        .map(Stage.Joined.class::cast)
        .toList();
  }

  private static void agrees(TensorProgram program, Case at) {
    int batch = 2;
    Map<String, double[]> parameters = new HashMap<>();
    Map<String, INDArray> arrays = new HashMap<>();
    program
        .graph()
        .nodes()
        .forEach(node -> {
          if (node.operation() instanceof Operation.Parameter(String name)) {
            long[] shape = node.axes().stream().mapToLong(axis -> size(axis, batch, at)).toArray();
            double[] values = numbers(Arrays.stream(shape).reduce(1, (a, b) -> a * b), name, at);
            parameters.put(name, values);
            arrays.put(name, Nd4j.create(values, shape, 'c'));
          }
        });
    double[] expected =
        Interpreter.run(program, new Bindings(batch, at.time(), arrays, Map.of(), Map.of()))
            .output()
            .dup('c')
            .data()
            .asDouble();

    double[] one = run(program, parameters, 1, batch, at);

    assertThat(run(program, parameters, 3, batch, at)).isEqualTo(one);
    double unit = at.real() == ElementType.F32 ? Math.ulp(1f) : Math.ulp(1.0);
    int terms = at.time() + Math.max(at.key(), at.value());
    assertThat(one).containsExactly(expected, within(2 * terms * unit));
  }

  private static double[] run(
      TensorProgram program, Map<String, double[]> parameters, int workers, int batch, Case at) {
    return new StageRunner(at.real(), at.bits(), workers)
        .run(program, parameters, batch, at.time());
  }

  private static long size(Axis axis, int batch, Case at) {
    return switch (axis.extent()) {
      case Extent.Fixed(int size) -> size;
      case Extent.Symbol.BATCH -> batch;
      case Extent.Symbol.TIME -> at.time();
    };
  }

  private static double[] numbers(long count, String name, Case at) {
    double[] values = new Random(name.hashCode()).doubles(count, -1, 1).toArray();
    if (at.real() == ElementType.F32) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) values[i];
      }
    }
    return values;
  }
}
