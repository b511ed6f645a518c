package dev.retain.compiler.bytecode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.decays.RangeProducts;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Fuser;
import dev.retain.compiler.interpreter.Bindings;
import dev.retain.compiler.interpreter.Interpreter;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.Extent;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.GraphVerifier;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RangeEnd;
import dev.retain.compiler.tensor.RangeStart;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Kernels of operations that go along the steps of a block, against the interpreter. */
class StepKernelsTest {
  private static final Axis HEAD = Axis.of("head", 2);
  private static final Axis A = Axis.of("a", 3);
  private static final Axis B = Axis.of("b", 3);
  private static final Axis V = Axis.of("V", 21);
  private static final Span NOWHERE = Span.none();

  /** A block's shape and the kernels' kind. */
  record Case(ElementType real, int bits, int batch, int time) {}

  static Stream<Case> cases() {
    return Stream.of(ElementType.F64, ElementType.F32)
        .flatMap(real ->
            Stream.of(0, 128, 256, 512)
                .flatMap(bits ->
                    Stream.of(
                        new Case(real, bits, 3, 1),
                        new Case(real, bits, 1, 2),
                        new Case(real, bits, 3, 7),
                        new Case(real, bits, 1, 16),
                        new Case(real, bits, 2, 33))));
  }

  private interface Definition {
    int output(GraphBuilder graph);
  }

  private static TensorProgram program(Definition definition) {
    GraphBuilder graph = new GraphBuilder();
    int output = definition.output(graph);
    TensorProgram program = new TensorProgram("test", graph.build(), output, Map.of());
    GraphVerifier.verify(program);
    return program;
  }

  private static int size(Axis axis, Case at) {
    return switch (axis.extent()) {
      case Extent.Fixed(int size) -> size;
      case Extent.Symbol.BATCH -> at.batch();
      case Extent.Symbol.TIME -> at.time();
    };
  }

  /** Numbers from a normal distribution, as the program's type rounds them. */
  private static Map<String, double[]> parameters(TensorProgram program, Case at) {
    Map<String, double[]> parameters = new HashMap<>();
    Random random = new Random(at.hashCode());
    for (Node node : program.graph().nodes()) {
      if (node.operation() instanceof Operation.Parameter(String path)) {
        int count =
            node.axes().stream().mapToInt(axis -> size(axis, at)).reduce(1, (a, b) -> a * b);
        double[] values = random.doubles(count, -1, 1).toArray();
        if (at.real() == ElementType.F32) {
          for (int i = 0; i < count; i++) {
            values[i] = (float) values[i];
          }
        }
        parameters.put(path, values);
      }
    }
    return parameters;
  }

  private static double[] interpreted(
      TensorProgram program, Map<String, double[]> parameters, Case at) {
    Map<String, INDArray> arrays = new HashMap<>();
    for (Node node : program.graph().nodes()) {
      if (node.operation() instanceof Operation.Parameter(String path)) {
        long[] shape = node.axes().stream().mapToLong(axis -> size(axis, at)).toArray();
        arrays.put(path, Nd4j.create(parameters.get(path), shape, 'c'));
      }
    }
    return Interpreter.run(program, new Bindings(at.batch(), at.time(), arrays, Map.of(), Map.of()))
        .output()
        .dup('c')
        .data()
        .asDouble();
  }

  private static void agrees(TensorProgram program, Case at) {
    Map<String, double[]> parameters = parameters(program, at);
    double[] expected = interpreted(program, parameters, at);

    double[] one =
        new StageRunner(at.real(), at.bits(), 1).run(program, parameters, at.batch(), at.time());
    double[] two =
        new StageRunner(at.real(), at.bits(), 2).run(program, parameters, at.batch(), at.time());

    assertThat(two).isEqualTo(one);
    double tolerance = at.real() == ElementType.F32 ? 1e-5 : 1e-13;
    for (int i = 0; i < expected.length; i++) {
      double allowed = tolerance * Math.max(1, Math.abs(expected[i]));
      // Not by AssertJ: there are millions.
      if (!(Math.abs(one[i] - expected[i]) <= allowed)) {
        assertThat(one[i]).as("element %d", i).isCloseTo(expected[i], within(allowed));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void cumulativeSums(Case at) {
    for (Direction direction : Direction.values()) {
      agrees(
          program(graph ->
              graph.cumulativeSum(
                  graph.parameter("x", List.of(Axis.BATCH, Axis.TIME, HEAD, V), NOWHERE),
                  direction,
                  NOWHERE)),
          at);
      agrees(
          program(graph ->
              graph.cumulativeSum(
                  graph.parameter("x", List.of(Axis.BATCH, Axis.TIME), NOWHERE),
                  direction,
                  NOWHERE)),
          at);
    }
  }

  /** What is summed is computed on the way, and is read by others, too. */
  @ParameterizedTest
  @MethodSource("cases")
  void cumulativeSumsOfWhatIsComputed(Case at) {
    for (Direction direction : Direction.values()) {
      agrees(
          program(graph -> {
            int x = graph.parameter("x", List.of(Axis.BATCH, Axis.TIME, V), NOWHERE);
            int y = graph.parameter("y", List.of(Axis.TIME, HEAD), NOWHERE);
            int product = graph.multiply(x, y, NOWHERE);
            int step = graph.index(Axis.TIME, NOWHERE);
            int sum =
                graph.cumulativeSum(graph.multiply(product, step, NOWHERE), direction, NOWHERE);
            int square = graph.multiply(sum, sum, NOWHERE);
            return graph.add(graph.cumulativeSum(square, direction, NOWHERE), product, NOWHERE);
          }),
          at);
    }
  }

  /** Of small numbers, so that solutions do not grow from row to row. */
  private static int matrix(GraphBuilder graph, List<Axis> axes) {
    int numbers = graph.parameter("m", axes, NOWHERE);
    return graph.multiply(numbers, graph.literal(0.125, NOWHERE), NOWHERE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void systemsOfOneValueAStep(Case at) {
    for (Direction direction : Direction.values()) {
      agrees(
          program(graph -> {
            int matrix = matrix(graph, List.of(Axis.BATCH, HEAD, Axis.TIME, Axis.SOURCE));
            int right = graph.parameter("r", List.of(Axis.BATCH, Axis.TIME, V), NOWHERE);
            return graph.solve(
                matrix, right, List.of(Axis.TIME), List.of(Axis.SOURCE), direction, NOWHERE);
          }),
          at);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void systemsOfSeveralValuesAStep(Case at) {
    for (Direction direction : Direction.values()) {
      agrees(
          program(graph -> {
            int matrix = matrix(graph, List.of(Axis.BATCH, A, B, Axis.TIME, Axis.SOURCE));
            int right = graph.parameter("r", List.of(Axis.BATCH, Axis.TIME, HEAD, A, V), NOWHERE);
            return graph.solve(
                matrix, right, List.of(Axis.TIME, A), List.of(Axis.SOURCE, B), direction, NOWHERE);
          }),
          at);
    }
  }

  /**
   * No axis of the right side alone, and none that all columns of a vector share a matrix along.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void systemsWithoutVectors(Case at) {
    for (Direction direction : Direction.values()) {
      agrees(
          program(graph ->
              graph.solve(
                  matrix(graph, List.of(V, Axis.TIME, Axis.SOURCE)),
                  graph.pointwise(
                      Function.EXP,
                      NOWHERE,
                      graph.parameter("r", List.of(Axis.BATCH, Axis.TIME), NOWHERE)),
                  List.of(Axis.TIME),
                  List.of(Axis.SOURCE),
                  direction,
                  NOWHERE)),
          at);
    }
  }

  private static int channels(GraphBuilder graph, String name) {
    return graph.parameter(name, List.of(Axis.BATCH, Axis.TIME, HEAD, V), NOWHERE);
  }

  /** A logistic function of primitives, which is seen to be positive. */
  private static int sigmoid(GraphBuilder graph, int x) {
    int one = graph.literal(1, NOWHERE);
    int exponential =
        graph.pointwise(Function.EXP, NOWHERE, graph.pointwise(Function.NEGATE, NOWHERE, x));
    return graph.pointwise(Function.DIVIDE, NOWHERE, one, graph.add(one, exponential, NOWHERE));
  }

  private interface Decay {
    int of(GraphBuilder graph, int x);
  }

  /** From a factor of each step, of both signs and sometimes 0, to its decay. */
  enum DecayKind {
    SIGMOID(StepKernelsTest::sigmoid),
    EXPONENTIAL((graph, x) ->
        graph.pointwise(
            Function.EXP,
            NOWHERE,
            graph.pointwise(Function.NEGATE, NOWHERE, graph.pointwise(Function.ABS, NOWHERE, x)))),
    WITH_ZEROS((graph, x) -> graph.pointwise(Function.MAX, NOWHERE, x, graph.literal(0, NOWHERE))),
    WITH_SIGNS((graph, x) -> x),
    OF_EVERY_KIND((graph, x) -> {
      int tenth = graph.literal(0.1, NOWHERE);
      int less =
          graph.pointwise(Function.LESS, NOWHERE, graph.pointwise(Function.ABS, NOWHERE, x), tenth);
      return graph.pointwise(Function.SELECT, NOWHERE, less, graph.literal(0, NOWHERE), x);
    }),
    COMPLEMENT((graph, x) ->
        graph.pointwise(Function.SUBTRACT, NOWHERE, graph.literal(1, NOWHERE), sigmoid(graph, x))),
    POWER((graph, x) ->
        graph.pointwise(
            Function.SQRT,
            NOWHERE,
            graph.pointwise(
                Function.POWER,
                NOWHERE,
                graph.literal(0.5, NOWHERE),
                graph.multiply(x, x, NOWHERE))));

    private final Decay decay;

    DecayKind(Decay decay) {
      this.decay = decay;
    }
  }

  static Stream<Arguments> decays() {
    return Stream.of(ElementType.F64, ElementType.F32)
        .flatMap(real ->
            Stream.of(
                new Case(real, 0, 3, 1),
                new Case(real, 256, 1, 2),
                new Case(real, 128, 3, 7),
                new Case(real, 512, 1, 16),
                new Case(real, 256, 3, 33)))
        .flatMap(at -> Stream.of(DecayKind.values()).map(kind -> Arguments.of(at, kind)));
  }

  @ParameterizedTest
  @MethodSource("decays")
  void productsFromTheFirstStep(Case at, DecayKind kind) {
    for (RangeEnd end : RangeEnd.values()) {
      agrees(
          program(graph ->
              graph.rangeProduct(
                  kind.decay.of(graph, channels(graph, "x")), RangeStart.FIRST, end, NOWHERE)),
          at);
    }
  }

  @ParameterizedTest
  @MethodSource("decays")
  void productsFromEachStep(Case at, DecayKind kind) {
    for (RangeEnd end : RangeEnd.values()) {
      agrees(
          program(graph ->
              graph.rangeProduct(
                  kind.decay.of(
                      graph, graph.parameter("x", List.of(Axis.BATCH, Axis.TIME, HEAD), NOWHERE)),
                  RangeStart.AFTER_SOURCE,
                  end,
                  NOWHERE)),
          at);
    }
  }

  /** What a state with a decay for each channel reads: the matrix is summed and never kept. */
  @ParameterizedTest
  @MethodSource("decays")
  void productsThatAreSummedOnTheWay(Case at, DecayKind kind) {
    TensorProgram program =
        program(graph -> {
          int products =
              graph.rangeProduct(
                  kind.decay.of(graph, channels(graph, "x")),
                  RangeStart.AFTER_SOURCE,
                  RangeEnd.TIME,
                  NOWHERE);
          int reaches =
              graph.pointwise(
                  Function.LESS_OR_EQUAL,
                  NOWHERE,
                  graph.index(Axis.SOURCE, NOWHERE),
                  graph.index(Axis.TIME, NOWHERE));
          int decays =
              graph.pointwise(
                  Function.SELECT, NOWHERE, reaches, products, graph.literal(0, NOWHERE));
          int keys = graph.rename(channels(graph, "k"), Axis.TIME, Axis.SOURCE, NOWHERE);
          return graph.contract(
              graph.multiply(channels(graph, "q"), decays, NOWHERE), keys, List.of(V), NOWHERE);
        });

    agrees(program, at);

    assertThat(matricesOfChannels(program, at)).isEmpty();
  }

  /** What a state without a second axis is: sums over the steps, of which two share a matrix. */
  @ParameterizedTest
  @MethodSource("cases")
  void productsThatAreSummedOverSteps(Case at) {
    TensorProgram program =
        program(graph -> {
          int products =
              graph.rangeProduct(
                  sigmoid(graph, channels(graph, "x")),
                  RangeStart.AFTER_SOURCE,
                  RangeEnd.BEFORE_TIME,
                  NOWHERE);
          int values = graph.rename(channels(graph, "v"), Axis.TIME, Axis.SOURCE, NOWHERE);
          int sum =
              graph.reduce(
                  Reduction.SUM,
                  graph.multiply(products, values, NOWHERE),
                  List.of(Axis.SOURCE),
                  NOWHERE);
          int most = graph.reduce(Reduction.MAXIMUM, products, List.of(Axis.SOURCE), NOWHERE);
          return graph.multiply(sum, most, NOWHERE);
        });

    agrees(program, at);

    assertThat(matricesOfChannels(program, at)).isEmpty();
  }

  /** Powers of decays that are the same at every step, positive or not. */
  @ParameterizedTest
  @MethodSource("cases")
  void powersThatAreSummedOnTheWay(Case at) {
    TensorProgram program =
        program(graph -> {
          int decay = graph.parameter("w", List.of(V), NOWHERE);
          int logarithm = graph.parameter("l", List.of(V), NOWHERE);
          int positive = DecayKind.EXPONENTIAL.decay.of(graph, logarithm);
          int target = graph.index(Axis.TIME, NOWHERE);
          int source = graph.index(Axis.SOURCE, NOWHERE);
          int steps = graph.pointwise(Function.SUBTRACT, NOWHERE, target, source);
          int powers =
              graph.multiply(
                  graph.pointwise(Function.POWER, NOWHERE, decay, steps),
                  graph.pointwise(Function.POWER, NOWHERE, positive, steps),
                  NOWHERE);
          int reaches = graph.pointwise(Function.LESS_OR_EQUAL, NOWHERE, source, target);
          int decays =
              graph.pointwise(Function.SELECT, NOWHERE, reaches, powers, graph.literal(0, NOWHERE));
          int keys = graph.rename(channels(graph, "k"), Axis.TIME, Axis.SOURCE, NOWHERE);
          return graph.contract(decays, keys, List.of(V), NOWHERE);
        });

    agrees(program, at);

    assertThat(matricesOfChannels(program, at)).isEmpty();
  }

  private static List<Buffer> matricesOfChannels(TensorProgram program, Case at) {
    return Fuser.fuse(RangeProducts.remove(program, at.real()), at.real(), Map.of())
        .buffers()
        .stream()
        .filter(buffer -> buffer.axes().containsAll(List.of(Axis.TIME, Axis.SOURCE, V)))
        .toList();
  }

  /** Float32 stays near float64 where products underflow, and nothing is infinite or no number. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void longProductsOfSmallDecays(ElementType real) {
    int time = 600;
    TensorProgram program =
        program(graph ->
            graph.rangeProduct(
                graph.parameter("x", List.of(Axis.TIME), NOWHERE),
                RangeStart.AFTER_SOURCE,
                RangeEnd.TIME,
                NOWHERE));
    Random random = new Random(5);
    double[] decays = new double[time];
    Arrays.setAll(decays, t -> (float) Math.pow(1e-3, Math.pow(random.nextDouble(), 4)));
    Map<String, double[]> parameters = Map.of("x", decays);
    double[] expected = interpreted(program, parameters, new Case(real, 0, 1, time));

    double[] products = new StageRunner(real, 256, 1).run(program, parameters, 1, time);

    double tolerance = real == ElementType.F32 ? 2e-5 : 1e-12;
    for (int i = 0; i < products.length; i++) {
      assertThat(products[i])
          .isCloseTo(expected[i], within(tolerance * expected[i] + 4 * Float.MIN_NORMAL));
    }
  }
}
