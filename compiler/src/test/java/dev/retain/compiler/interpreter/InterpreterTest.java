package dev.retain.compiler.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.interpreter.Tensors.Element;
import dev.retain.compiler.interpreter.Tensors.Tensor;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.compiler.tensor.TensorProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class InterpreterTest {
  private static final Span SPAN = Span.none();
  private static final Axis HEAD = Axis.of("head", 2);
  private static final Axis KEY = Axis.of("K", 4);
  private static final Axis PAIR = Axis.of("K/2", 2);
  private static final Axis ONE = Axis.of("one", 1);
  private static final Axis WIDTH = Axis.of("d", 3);

  private final Random random = new Random(7);
  private final Tensors tensors = new Tensors(2, 3, random);
  private final GraphBuilder builder = new GraphBuilder();
  private final Map<String, Tensor> weights = new HashMap<>();

  /** A parameter of the graph that is bound to the tensor. */
  private int bind(Tensor tensor) {
    String path = "p" + weights.size();
    weights.put(path, tensor);
    return builder.parameter(path, tensor.axes(), SPAN);
  }

  private INDArray value(int id) {
    return value(builder.build(), id);
  }

  private INDArray value(Graph graph, int id) {
    Map<String, INDArray> arrays = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (node.operation() instanceof Operation.Parameter(String path)) {
        arrays.put(path, tensors.tensor(weights.get(path), node.axes()).array());
      }
    }
    return Interpreter.evaluate(graph, Set.of(id), bindings(arrays)).get(id);
  }

  private Bindings bindings(Map<String, INDArray> arrays) {
    return new Bindings(tensors.batch(), tensors.time(), arrays, Map.of(), Map.of());
  }

  /** The node computes the element, whatever the order of its and its operands' axes. */
  private void assertComputes(int id, Element expected) {
    Graph graph = builder.build();
    tensors.assertEqual(value(graph, id), graph.node(id).axes(), expected);
    for (int i = 0; i < 3; i++) {
      Graph shuffled = new Graph(graph.nodes().stream().map(this::shuffled).toList());
      tensors.assertEqual(value(shuffled, id), shuffled.node(id).axes(), expected);
    }
  }

  private Node shuffled(Node node) {
    List<Axis> axes = new ArrayList<>(node.axes());
    Collections.shuffle(axes, random);
    return new Node(node.id(), node.operation(), axes, node.precision(), node.span());
  }

  /** An operand that shares one axis with its neighbour, and has one of its own. */
  private Tensor operand(Function function, int i) {
    List<List<Axis>> axes =
        List.of(
            List.of(Axis.BATCH, ONE, WIDTH),
            List.of(HEAD, WIDTH, Axis.TIME),
            List.of(Axis.TIME, Axis.BATCH));
    return tensors.tensor(
        place ->
            switch (function) {
              case LOG, SQRT -> random.nextDouble() + 0.1;
              case POWER -> i == 0 ? random.nextDouble() + 0.1 : random.nextGaussian();
              case EQUAL, LESS_OR_EQUAL, SELECT -> random.nextInt(3) - 1;
              default -> random.nextGaussian();
            },
        axes.get(i));
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void functionsRepeatTheirOperands(Function function) {
    Tensor[] operands = new Tensor[function.arity()];
    int[] ids = new int[function.arity()];
    for (int i = 0; i < ids.length; i++) {
      operands[i] = operand(function, i);
      ids[i] = bind(operands[i]);
    }
    assertComputes(
        builder.pointwise(function, SPAN, ids),
        place -> function.apply(Arrays.stream(operands).mapToDouble(x -> x.at(place)).toArray()));
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void functionsTakeScalars(Function function) {
    double[] numbers = {0.75, 1.5, -2};
    double[] operands = Arrays.copyOf(numbers, function.arity());
    int[] ids = Arrays.stream(operands).mapToInt(this::scalar).toArray();
    INDArray value = value(builder.pointwise(function, SPAN, ids));
    tensors.assertEqual(value, List.of(), place -> function.apply(operands));
    assertThat(value.rank()).isZero();
  }

  private int scalar(double number) {
    return bind(tensors.tensor(place -> number, List.of()));
  }

  @Test
  void powersAndQuotientsAtTheirEdges() {
    double[] bases = {-2, 0, 1, -3, 0};
    double[] exponents = {3, 0, -5, 2, -1};
    Axis axis = Axis.of("case", bases.length);
    Tensor base = tensors.tensor(place -> bases[place.get(axis)], List.of(axis));
    Tensor exponent = tensors.tensor(place -> exponents[place.get(axis)], List.of(axis));
    int left = bind(base);
    int right = bind(exponent);
    assertComputes(
        builder.pointwise(Function.POWER, SPAN, left, right),
        place -> Math.pow(base.at(place), exponent.at(place)));
    assertComputes(
        builder.pointwise(Function.DIVIDE, SPAN, left, right),
        place -> base.at(place) / exponent.at(place));
  }

  @Test
  void selectHidesWhatItDoesNotTake() {
    Tensor chosen = tensors.tensor(place -> place.get(WIDTH) == 1 ? 1e-300 : 0, List.of(WIDTH));
    Tensor number = tensors.normal(WIDTH, Axis.TIME);
    int mask = bind(chosen);
    int nan = scalar(Double.NaN);
    int id = bind(number);
    assertComputes(
        builder.pointwise(Function.SELECT, SPAN, mask, id, nan),
        place -> place.get(WIDTH) == 1 ? number.at(place) : Double.NaN);
    assertComputes(
        builder.pointwise(Function.SELECT, SPAN, mask, nan, id),
        place -> place.get(WIDTH) == 1 ? Double.NaN : number.at(place));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
  void productsSumOverSomeAxesAndKeepTheOthers(int seed) {
    Random draw = new Random(seed);
    List<Axis> all = new ArrayList<>(List.of(Axis.BATCH, Axis.TIME, HEAD, KEY, ONE, WIDTH));
    Collections.shuffle(all, draw);
    // The first summed, the second kept by both, the rest anywhere.
    List<Axis> left = new ArrayList<>(all.subList(0, 2));
    List<Axis> right = new ArrayList<>(all.subList(0, 2));
    List<Axis> over = new ArrayList<>(all.subList(0, 1));
    for (Axis axis : all.subList(2, all.size())) {
      int kind = draw.nextInt(4);
      if (kind != 0) {
        left.add(axis);
      }
      if (kind != 1) {
        right.add(axis);
      }
      if (kind == 2) {
        over.add(axis);
      }
    }
    Collections.shuffle(left, draw);
    Collections.shuffle(right, draw);
    Tensor a = tensors.normal(left.toArray(Axis[]::new));
    Tensor b = tensors.normal(right.toArray(Axis[]::new));
    assertComputes(
        builder.contract(bind(a), bind(b), over, SPAN),
        place -> tensors.sum(over, place, at -> a.at(at) * b.at(at)));
  }

  @Test
  void productsOfVectorsAreScalars() {
    Tensor a = tensors.normal(WIDTH);
    Tensor b = tensors.normal(WIDTH);
    assertComputes(
        builder.contract(bind(a), bind(b), List.of(WIDTH), SPAN),
        place -> tensors.sum(List.of(WIDTH), place, at -> a.at(at) * b.at(at)));
    Tensor c = tensors.normal(ONE);
    Tensor d = tensors.normal(WIDTH, ONE);
    assertComputes(
        builder.contract(bind(c), bind(d), List.of(ONE), SPAN),
        place -> tensors.sum(List.of(ONE), place, at -> c.at(at) * d.at(at)));
  }

  @Test
  void reductionsOfSomeAndOfAllAxes() {
    Tensor x = tensors.normal(ONE, Axis.TIME, WIDTH, Axis.BATCH);
    int id = bind(x);
    for (List<Axis> over :
        List.of(
            List.of(Axis.TIME),
            List.of(ONE),
            List.of(Axis.BATCH, Axis.TIME),
            List.of(ONE, Axis.TIME, WIDTH, Axis.BATCH))) {
      assertComputes(
          builder.reduce(Reduction.SUM, id, over, SPAN), place -> tensors.sum(over, place, x));
      assertComputes(
          builder.reduce(Reduction.MAXIMUM, id, over, SPAN),
          place ->
              Arrays.stream(tensors.tensor(at -> x.at(Tensors.and(place, at)), over).elements())
                  .max()
                  .orElseThrow());
    }
  }

  @Test
  void theLargestOfMaskedElements() {
    Tensor masked =
        tensors.tensor(
            place -> place.get(WIDTH) == 0 ? -7 : Double.NEGATIVE_INFINITY, List.of(WIDTH, HEAD));
    int id = bind(masked);
    assertComputes(builder.reduce(Reduction.MAXIMUM, id, List.of(WIDTH), SPAN), place -> -7);
    assertComputes(
        builder.reduce(Reduction.MAXIMUM, id, List.of(HEAD), SPAN),
        place -> masked.at(Tensors.and(place, Map.of(HEAD, 0))));
  }

  @Test
  void rowsOfATable() {
    Tensor tokens = tensors.tensor(place -> random.nextInt(3), List.of(Axis.TIME, Axis.BATCH));
    Tensor table = tensors.normal(HEAD, WIDTH, ONE);
    assertComputes(
        builder.gather(bind(table), WIDTH, bind(tokens), SPAN),
        place -> table.at(Tensors.and(place, Map.of(WIDTH, (int) tokens.at(place)))));
    Tensor vector = tensors.normal(WIDTH);
    assertComputes(
        builder.gather(bind(vector), WIDTH, scalar(2), SPAN), place -> vector.at(Map.of(WIDTH, 2)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 3, 0.5, Double.NaN})
  void aTokenOutsideTheTable(double token) {
    int id = builder.gather(bind(tensors.normal(WIDTH, HEAD)), WIDTH, scalar(token), SPAN);
    assertThatThrownBy(() -> value(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no index along d:3: it must be a whole number from 0 to 2");
  }

  @Test
  void pairsTurn() {
    Tensor x = tensors.normal(KEY, Axis.TIME, ONE);
    Tensor angle = tensors.normal(PAIR);
    assertComputes(
        builder.turn(bind(x), bind(angle), KEY, PAIR, SPAN), place -> turned(x, angle, place));
    Tensor everyStep = tensors.normal(HEAD, PAIR, Axis.TIME);
    assertComputes(
        builder.turn(bind(x), bind(everyStep), KEY, PAIR, SPAN),
        place -> turned(x, everyStep, place));
    Tensor vector = tensors.normal(KEY);
    assertComputes(
        builder.turn(bind(vector), bind(angle), KEY, PAIR, SPAN),
        place -> turned(vector, angle, place));
  }

  @Test
  void anAxisLikeThePairsIsNotThePairs() {
    Tensor x = tensors.normal(PAIR, KEY);
    Tensor angle = tensors.normal(PAIR);
    assertComputes(
        builder.turn(bind(x), bind(angle), KEY, PAIR, SPAN), place -> turned(x, angle, place));
  }

  private static double turned(Element x, Element angle, Map<Axis, Integer> place) {
    int i = place.get(KEY);
    double a = angle.at(Tensors.and(place, Map.of(PAIR, i / 2)));
    double even = x.at(Tensors.and(place, Map.of(KEY, i / 2 * 2)));
    double odd = x.at(Tensors.and(place, Map.of(KEY, i / 2 * 2 + 1)));
    return i % 2 == 0
        ? even * Math.cos(a) - odd * Math.sin(a)
        : odd * Math.cos(a) + even * Math.sin(a);
  }

  @Test
  void indicesAndNewNames() {
    assertComputes(builder.index(Axis.TIME, SPAN), place -> place.get(Axis.TIME));
    assertComputes(builder.index(ONE, SPAN), place -> 0);
    Tensor x = tensors.normal(Axis.TIME, WIDTH);
    assertComputes(
        builder.rename(bind(x), Axis.TIME, Axis.SOURCE, SPAN),
        place -> x.at(Tensors.and(place, Map.of(Axis.TIME, place.get(Axis.SOURCE)))));
  }

  @Test
  void aProgramOfOneStepOfOneSequence() {
    Axis state = Axis.of("s", 1);
    int token = builder.input("token", List.of(Axis.BATCH, Axis.TIME), Precision.WHOLE, SPAN);
    int before = builder.state("z", List.of(Axis.BATCH, state), SPAN);
    int after =
        builder.add(builder.multiply(before, builder.literal(0.5, SPAN), SPAN), token, SPAN);
    TensorProgram program = new TensorProgram("step", builder.build(), token, Map.of("z", after));
    Results results =
        Interpreter.run(
            program,
            new Bindings(
                1,
                1,
                Map.of(),
                Map.of("token", Nd4j.createFromArray(3L).reshape(1, 1)),
                Map.of("z", Nd4j.createFromArray(4f).reshape(1, 1))));
    assertThat(results.output().shape()).containsExactly(1, 1);
    assertThat(results.output().dataType()).isEqualTo(DataType.DOUBLE);
    assertThat(results.output().getDouble(0)).isEqualTo(3);
    assertThat(results.nextStates()).containsOnlyKeys("z");
    assertThat(results.nextStates().get("z").shape()).containsExactly(1, 1, 1);
    assertThat(results.nextStates().get("z").getDouble(0)).isEqualTo(5);
  }

  @Test
  void arraysOfAnyOrderAreReadAndNeverShared() {
    Tensor x = tensors.normal(WIDTH, KEY);
    INDArray columnMajor = x.array().dup('f');
    INDArray view = tensors.tensor(x, List.of(KEY, WIDTH)).array().transpose();
    int first = builder.parameter("f", x.axes(), SPAN);
    int second = builder.parameter("view", x.axes(), SPAN);
    Map<Integer, INDArray> values =
        Interpreter.evaluate(
            builder.build(),
            Set.of(first, second),
            bindings(Map.of("f", columnMajor, "view", view)));
    tensors.assertEqual(values.get(first), x.axes(), x);
    tensors.assertEqual(values.get(second), x.axes(), x);
    values.get(first).assign(0);
    tensors.assertEqual(columnMajor, x.axes(), x);
  }

  @Test
  void onlyWhatIsNeededMustBeBound() {
    builder.parameter("unused", List.of(WIDTH), SPAN);
    int used = builder.constant("used", List.of(Axis.TIME, KEY), SPAN);
    Graph graph = builder.build();
    assertThatThrownBy(() -> Interpreter.evaluate(graph, Set.of(used), bindings(Map.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("`used` is not bound to an array");
    assertThatThrownBy(() ->
            Interpreter.evaluate(
                graph, Set.of(used), bindings(Map.of("used", Nd4j.zeros(DataType.DOUBLE, 4, 3)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("`used` has the axes [time, K:4]")
        .hasMessageContaining("[3, 4]")
        .hasMessageContaining("[4, 3]");
    INDArray value = tensors.normal(Axis.TIME, KEY).array();
    assertThat(Interpreter.evaluate(graph, Set.of(used), bindings(Map.of("used", value))))
        .containsOnly(Map.entry(used, value));
  }

  @Test
  void recurrencesHaveNoValue() {
    RecurrenceCall call =
        new RecurrenceCall(
            "Retention",
            "layers.0",
            List.of(),
            List.of(),
            List.of(),
            new Graph(List.of()),
            0,
            SPAN);
    int id = builder.add(new Operation.Recur(call, List.of()), List.of(), Precision.REAL, SPAN);
    assertThatThrownBy(() -> value(id))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Retention at layers.0");
  }

  @Test
  void aNodeWhoseAxesAreWrongIsFound() {
    int x = bind(tensors.normal(WIDTH));
    int id =
        builder.add(
            new Operation.Pointwise(Function.NEGATE, List.of(x)),
            List.of(HEAD),
            Precision.REAL,
            SPAN);
    assertThatThrownBy(() -> value(id))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("%1")
        .hasMessageContaining("[d:3]");
  }
}
