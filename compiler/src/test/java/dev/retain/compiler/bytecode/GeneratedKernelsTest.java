package dev.retain.compiler.bytecode;

import static dev.retain.compiler.bytecode.Programs.I;
import static dev.retain.compiler.bytecode.Programs.TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.loops.BufferParameter;
import dev.retain.compiler.loops.Index;
import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.Kind;
import dev.retain.compiler.loops.Statement;
import dev.retain.compiler.loops.Value;
import dev.retain.compiler.loops.Value.BinaryOperation;
import dev.retain.compiler.loops.Value.UnaryOperation;
import dev.retain.runtime.memory.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What generated kernels compute, against plain Java, at every width and in both precisions. */
class GeneratedKernelsTest {
  private static final int COUNT = 67;

  static List<Programs> programs() {
    return Programs.all();
  }

  private static double[] numbers(int count, int seed) {
    Random random = new Random(seed);
    return random.doubles(count, -4, 4).toArray();
  }

  /** As the element type rounds it. */
  private static double round(Programs programs, double value) {
    return programs.element() == ElementType.F32 ? (float) value : value;
  }

  private static double[] run(Programs programs, Kernel kernel, double[]... inputs) {
    try (Arena arena = Arena.ofConfined()) {
      Memory memory = new Memory(programs.element(), arena);
      List<MemorySegment> buffers =
          new ArrayList<>(Arrays.stream(inputs).map(memory::buffer).toList());
      buffers.add(memory.buffer(new double[inputs[0].length]));
      Memory.load(kernel)
          .run(Memory.addresses(buffers.toArray(MemorySegment[]::new)), 1, inputs[0].length, 0, 1);
      return memory.values(buffers.getLast());
    }
  }

  private static double[] map(Programs programs, double[] inputs, UnaryOperation operation) {
    return run(
        programs,
        programs.row(
            "map",
            List.of("x"),
            (at, kind) -> new Value.Unary(operation, programs.load("x", at, kind))),
        inputs);
  }

  private static void isClose(
      Programs programs, double[] x, double[] actual, DoubleUnaryOperator expected) {
    double unit = programs.element() == ElementType.F32 ? Math.ulp(1f) : Math.ulp(1.0);
    for (int i = 0; i < x.length; i++) {
      double right = expected.applyAsDouble(round(programs, x[i]));
      assertThat(actual[i])
          .as("of %s", x[i])
          .isCloseTo(right, within(4 * unit * Math.abs(right) + Double.MIN_NORMAL));
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void arithmeticOfARowWithATail(Programs programs) {
    double[] x = numbers(COUNT, 1);
    double[] z = numbers(COUNT, 2);
    Kernel kernel =
        programs.row(
            "arithmetic",
            List.of("x", "z"),
            (at, kind) -> {
              Value a = programs.load("x", at, kind);
              Value b = programs.load("z", at, kind);
              Value least = new Value.Binary(BinaryOperation.MINIMUM, a, b);
              Value ratio = new Value.Binary(BinaryOperation.DIVIDE, least, b);
              Value difference = new Value.Binary(BinaryOperation.SUBTRACT, a, ratio);
              return new Value.Select(
                  Value.Relation.LESS_OR_EQUAL,
                  a,
                  b,
                  new Value.MultiplyAdd(a, b, new Value.Literal(0.5, kind)),
                  new Value.Binary(BinaryOperation.MAXIMUM, difference, a));
            });

    double[] y = run(programs, kernel, x, z);

    for (int i = 0; i < COUNT; i++) {
      double a = round(programs, x[i]);
      double b = round(programs, z[i]);
      double expected =
          a <= b
              ? round(programs, Math.fma(a, b, 0.5))
              : Math.max(round(programs, a - round(programs, Math.min(a, b) / b)), a);
      assertThat(y[i]).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void functions(Programs programs) {
    double[] x = numbers(COUNT, 3);
    isClose(programs, x, map(programs, x, UnaryOperation.EXPONENTIAL), Math::exp);
    isClose(programs, x, map(programs, x, UnaryOperation.HYPERBOLIC_TANGENT), Math::tanh);
    isClose(programs, x, map(programs, x, UnaryOperation.NEGATE), a -> -a);
    double[] magnitudes = map(programs, x, UnaryOperation.ABSOLUTE);
    isClose(programs, x, magnitudes, Math::abs);
    isClose(
        programs, magnitudes, map(programs, magnitudes, UnaryOperation.SQUARE_ROOT), Math::sqrt);
  }

  @Test
  void functionsThatOnlyScalarsHave() {
    double[] x = {0.25, 1, 1.5, 3};
    for (ElementType element : List.of(ElementType.F32, ElementType.F64)) {
      Programs programs = new Programs(element, 0);
      isClose(programs, x, map(programs, x, UnaryOperation.LOGARITHM), Math::log);
      isClose(programs, x, map(programs, x, UnaryOperation.SINE), Math::sin);
      isClose(programs, x, map(programs, x, UnaryOperation.COSINE), Math::cos);
      double[] erf = map(programs, new double[] {0.5, -0.5}, UnaryOperation.ERROR_FUNCTION);
      assertThat(erf[0]).isCloseTo(0.5204998778130465, within(1e-7));
      assertThat(erf[1]).isEqualTo(-erf[0]);
      Kernel square =
          programs.row(
              "square",
              List.of("x"),
              (at, kind) ->
                  new Value.Binary(
                      BinaryOperation.POWER,
                      programs.load("x", at, kind),
                      new Value.Literal(2, kind)));
      assertThat(run(programs, square, x)).containsExactly(0.0625, 1, 2.25, 9);
    }
  }

  /** A scalar tail must not differ from the vector body, nor one machine's width from another's. */
  @Test
  void functionsGiveTheSameBitsAtEveryWidth() {
    double[] x = numbers(1000, 4);
    for (int i = 0; i < x.length; i++) {
      x[i] *= Math.pow(10, i % 4 - 2);
    }
    double[] edges = {
      0,
      -0.0,
      1e-20,
      88.5,
      89,
      1e9,
      -86,
      -87,
      -708.5,
      709.5,
      711,
      -1e9,
      1e-300,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.NaN
    };
    System.arraycopy(edges, 0, x, 100, edges.length);
    for (ElementType element : List.of(ElementType.F32, ElementType.F64)) {
      for (UnaryOperation operation :
          List.of(UnaryOperation.EXPONENTIAL, UnaryOperation.HYPERBOLIC_TANGENT)) {
        double[] scalar = map(new Programs(element, 0), x, operation);
        for (int bits : new int[] {128, 256, 512}) {
          assertThat(map(new Programs(element, bits), x, operation)).isEqualTo(scalar);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void tilesOfAMatrixProduct(Programs programs) {
    tile(programs, 8, 3);
    tile(programs, 1, 8);
  }

  private static void tile(Programs programs, int rows, int columns) {
    int depth = 5;
    int panels = 2;
    int width = columns * programs.lanes();
    double[] a = numbers(2 * rows * depth, 5);
    double[] b = numbers(panels * width * depth, 6);
    double[] c = numbers(2 * rows * panels * width, 7);
    double[] expected = new double[c.length];
    for (int i = 0; i < 2 * rows; i++) {
      for (int j = 0; j < panels * width; j++) {
        double sum = round(programs, c[i * panels * width + j]);
        for (int k = 0; k < depth; k++) {
          double left = round(programs, a[(i / rows * depth + k) * rows + i % rows]);
          double right = round(programs, b[(j / width * depth + k) * width + j % width]);
          sum = fma(programs, left, right, sum);
        }
        expected[i * panels * width + j] = sum;
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      Memory memory = new Memory(programs.element(), arena);
      MemorySegment result = memory.buffer(c);
      Memory.load(programs.multiply(rows, columns, panels))
          .run(Memory.addresses(memory.buffer(a), memory.buffer(b), result), 2, depth, 0, 1);
      assertThat(memory.values(result)).isEqualTo(expected);
    }
  }

  private static double fma(Programs programs, double a, double b, double c) {
    return programs.element() == ElementType.F32
        ? Math.fma((float) a, (float) b, (float) c)
        : Math.fma(a, b, c);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void reductionByHalves(Programs programs) {
    int count = 10 * programs.lanes();
    double[] x = numbers(count, 8);
    double[] lanes = new double[programs.lanes()];
    for (int i = 0; i < count; i++) {
      double value = round(programs, x[i]);
      lanes[i % lanes.length] = fma(programs, value, value, lanes[i % lanes.length]);
    }
    for (int half = lanes.length / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[i] = round(programs, lanes[i] + lanes[i + half]);
      }
    }

    double[] y = run(programs, programs.sumOfSquares(), x);

    assertThat(y[0]).isEqualTo(lanes[0]);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void pairsAndLaneNumbers(Programs programs) {
    if (programs.bits() == 0) {
      return;
    }
    Kind kind = programs.wide();
    Value swapped = new Value.ExchangeLanes(programs.load("x", I, kind), 1);
    Kernel kernel =
        programs.kernel(
            "swap",
            List.of("x", "y"),
            new Statement.For(
                "i",
                Index.ZERO,
                TIME,
                programs.lanes(),
                List.of(
                    new Statement.Store(
                        "y",
                        I,
                        new Value.MultiplyAdd(
                            swapped,
                            new Value.Lanes(I.plus(Index.ONE), kind),
                            new Value.Broadcast(new Value.FromIndex(I, programs.scalar()))))),
                8));
    double[] x = numbers(2 * programs.lanes(), 9);

    double[] y = run(programs, kernel, x);

    for (int i = 0; i < x.length; i++) {
      double first = i / programs.lanes() * programs.lanes();
      assertThat(y[i]).isEqualTo(fma(programs, round(programs, x[i ^ 1]), i + 1, first));
    }
  }

  @Test
  void indexArithmeticAndConversions() {
    Programs programs = new Programs(ElementType.F64, 0);
    Index n = Index.variable("n");
    Index k = Index.variable("k");
    Index place =
        k.plus(Index.of(3))
            .times(n.minus(Index.ONE))
            .plus(k.remainder(Index.of(4)).times(-2))
            .plus(k.dividedBy(3))
            .plus(k.remainder(n).minimum(Index.of(2)))
            .plus(k.plus(n).dividedBy(8))
            .plus(new Index.Element("tokens", Index.variable("j").dividedBy(5)).times(2));
    Kernel kernel =
        new Kernel(
            "indexes",
            Programs.SOURCE,
            1,
            0,
            List.of(
                new BufferParameter("tokens", ElementType.I64),
                new BufferParameter("halves", ElementType.F32),
                programs.buffer("y")),
            List.of(
                new Statement.DefineIndex("n", TIME.plus(Index.variable("batch")).times(2)),
                new Statement.For(
                    "i",
                    Index.ONE,
                    TIME,
                    40000,
                    List.of(
                        new Statement.Store("y", Index.ZERO, new Value.Literal(-1, Kind.FLOAT))),
                    2),
                new Statement.For(
                    "j",
                    Index.ZERO,
                    TIME,
                    1,
                    List.of(
                        new Statement.IfLess(
                            Index.variable("j"),
                            Index.of(2),
                            List.of(
                                new Statement.Store(
                                    "y",
                                    Index.variable("j"),
                                    new Value.Binary(
                                        BinaryOperation.ADD,
                                        new Value.Load("tokens", Index.variable("j"), Kind.DOUBLE),
                                        new Value.Convert(
                                            new Value.Load(
                                                "halves", Index.variable("j"), Kind.FLOAT),
                                            Kind.DOUBLE)))),
                            List.of(
                                new Statement.DefineIndex("k", Index.variable("j").times(7)),
                                new Statement.Store(
                                    "y",
                                    Index.variable("j"),
                                    new Value.FromIndex(place, Kind.DOUBLE))))),
                    3)));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment y = new Memory(ElementType.F64, arena).buffer(new double[6]);
      Memory.load(kernel)
          .run(
              Memory.addresses(
                  new Memory(ElementType.I64, arena).buffer(5, 1L << 40),
                  new Memory(ElementType.F32, arena).buffer(0.5, 1.5),
                  y),
              3,
              6,
              0,
              1);
      double[] values = new Memory(ElementType.F64, arena).values(y);
      assertThat(values[0]).isEqualTo(5.5);
      assertThat(values[1]).isEqualTo((1L << 40) + 1.5);
      for (int j = 2; j < 6; j++) {
        long i = j * 7L;
        long m = 18;
        long expected =
            (i + 3) * (m - 1)
                - 2 * (i % 4)
                + i / 3
                + Math.min(i % m, 2)
                + (i + m) / 8
                + 2 * (j < 5 ? 5 : 1L << 40);
        assertThat(values[j]).isEqualTo(expected);
      }
    }
  }
}
