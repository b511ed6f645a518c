package dev.retain.compiler.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.interpreter.Tensors.Tensor;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class RecurrenceInterpreterTest {
  private static final Span SPAN = Span.none();
  private static final int HEADS = 2;
  private static final int KEYS = 4;
  private static final int VALUES = 3;
  static final Axis HEAD = Axis.of("head", HEADS);
  static final Axis K = Axis.of("K", KEYS);
  static final Axis PAIR = Axis.of("K/2", KEYS / 2);
  static final Axis V = Axis.of("V", VALUES);

  /** S' = gamma turn(S, -theta) + outer(k, v), z' = gamma z + 1, out (q @ S') / sqrt(z'). */
  static RecurrenceCall retention() {
    GraphBuilder body = new GraphBuilder();
    int gamma = body.input("gamma", List.of(HEAD), Precision.WIDE, SPAN);
    int theta = body.input("theta", List.of(PAIR), Precision.WIDE, SPAN);
    int q = body.input("q", List.of(HEAD, K), Precision.REAL, SPAN);
    int k = body.input("k", List.of(HEAD, K), Precision.REAL, SPAN);
    int v = body.input("v", List.of(HEAD, V), Precision.REAL, SPAN);
    int state = body.state("layer.S", List.of(HEAD, K, V), SPAN);
    int sum = body.state("layer.z", List.of(HEAD), SPAN);
    int back = body.pointwise(Function.NEGATE, SPAN, theta);
    int decayed = body.multiply(gamma, body.turn(state, back, K, PAIR, SPAN), SPAN);
    int nextState = body.add(decayed, body.multiply(k, v, SPAN), SPAN);
    int nextSum = body.add(body.multiply(gamma, sum, SPAN), body.literal(1, SPAN), SPAN);
    int read = body.contract(q, nextState, List.of(K), SPAN);
    int output =
        body.pointwise(Function.DIVIDE, SPAN, read, body.pointwise(Function.SQRT, SPAN, nextSum));
    return new RecurrenceCall(
        "Retention",
        "layer",
        List.of(HEAD),
        List.of(
            new RecurrenceCall.Input("gamma", Role.CONST, List.of(HEAD), SPAN),
            new RecurrenceCall.Input("theta", Role.PARAM, List.of(PAIR), SPAN),
            new RecurrenceCall.Input("q", Role.IN, List.of(HEAD, K), SPAN),
            new RecurrenceCall.Input("k", Role.IN, List.of(HEAD, K), SPAN),
            new RecurrenceCall.Input("v", Role.IN, List.of(HEAD, V), SPAN)),
        List.of(
            new RecurrenceCall.State("S", "layer.S", List.of(HEAD, K, V), 0, nextState, SPAN),
            new RecurrenceCall.State("z", "layer.z", List.of(HEAD), 0, nextSum, SPAN)),
        body.build(),
        output,
        SPAN);
  }

  static Map<String, INDArray> inputs(Tensors tensors) {
    Map<String, INDArray> inputs = new HashMap<>();
    inputs.put("gamma", Nd4j.create(new double[] {0.75, 0.9375}));
    inputs.put("theta", Nd4j.create(new double[] {1, 0.01}));
    inputs.put("q", tensors.normal(Axis.BATCH, Axis.TIME, HEAD, K).array());
    inputs.put("k", tensors.normal(Axis.BATCH, Axis.TIME, HEAD, K).array());
    inputs.put("v", tensors.normal(Axis.BATCH, Axis.TIME, HEAD, V).array());
    return inputs;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 5", "3, 1", "3, 6"})
  void retentionAsLoops(int batch, int time) {
    Tensors tensors = new Tensors(batch, time, new Random(11));
    Map<String, INDArray> inputs = inputs(tensors);
    Tensor before = tensors.normal(Axis.BATCH, HEAD, K, V);
    Results results =
        RecurrenceInterpreter.run(
            retention(),
            new Bindings(batch, time, Map.of(), inputs, Map.of("layer.S", before.array())));

    double[][][][] state = new double[batch][HEADS][KEYS][VALUES];
    double[][][][] output = new double[batch][time][HEADS][VALUES];
    double[][] sum = new double[batch][HEADS];
    for (int b = 0; b < batch; b++) {
      for (int h = 0; h < HEADS; h++) {
        double gamma = inputs.get("gamma").getDouble(h);
        double[][] s = state[b][h];
        for (int i = 0; i < KEYS; i++) {
          for (int j = 0; j < VALUES; j++) {
            s[i][j] = before.at(Map.of(Axis.BATCH, b, HEAD, h, K, i, V, j));
          }
        }
        for (int t = 0; t < time; t++) {
          sum[b][h] = gamma * sum[b][h] + 1;
          for (int j = 0; j < VALUES; j++) {
            for (int p = 0; p < KEYS / 2; p++) {
              double angle = -inputs.get("theta").getDouble(p);
              double even = s[2 * p][j];
              double odd = s[2 * p + 1][j];
              s[2 * p][j] = gamma * (even * Math.cos(angle) - odd * Math.sin(angle));
              s[2 * p + 1][j] = gamma * (odd * Math.cos(angle) + even * Math.sin(angle));
            }
            for (int i = 0; i < KEYS; i++) {
              s[i][j] +=
                  inputs.get("k").getDouble(b, t, h, i) * inputs.get("v").getDouble(b, t, h, j);
              output[b][t][h][j] +=
                  inputs.get("q").getDouble(b, t, h, i) * s[i][j] / Math.sqrt(sum[b][h]);
            }
          }
        }
      }
    }

    tensors.assertEqual(
        results.output(),
        List.of(Axis.BATCH, Axis.TIME, HEAD, V),
        at -> output[at.get(Axis.BATCH)][at.get(Axis.TIME)][at.get(HEAD)][at.get(V)]);
    tensors.assertEqual(
        results.nextStates().get("layer.S"),
        List.of(Axis.BATCH, HEAD, K, V),
        at -> state[at.get(Axis.BATCH)][at.get(HEAD)][at.get(K)][at.get(V)]);
    tensors.assertEqual(
        results.nextStates().get("layer.z"),
        List.of(Axis.BATCH, HEAD),
        at -> sum[at.get(Axis.BATCH)][at.get(HEAD)]);
  }

  /** MATH.md 2: with q and k turned by their positions, the state need not turn. */
  @Test
  void turningTheStateIsTurningQueriesAndKeys() {
    int time = 7;
    Tensors tensors = new Tensors(1, time, new Random(5));
    Map<String, INDArray> inputs = inputs(tensors);
    INDArray turned =
        RecurrenceInterpreter.run(retention(), new Bindings(1, time, Map.of(), inputs, Map.of()))
            .output();

    GraphBuilder graph = new GraphBuilder();
    int x = graph.parameter("x", List.of(Axis.BATCH, Axis.TIME, HEAD, K), SPAN);
    int theta = graph.constant("theta", List.of(PAIR), SPAN);
    int angle = graph.multiply(graph.index(Axis.TIME, SPAN), theta, SPAN);
    int byPosition = graph.turn(x, angle, K, PAIR, SPAN);
    Map<String, INDArray> still = new HashMap<>(inputs);
    still.put("theta", Nd4j.create(new double[] {0, 0}));
    for (String name : List.of("q", "k")) {
      Bindings bindings =
          new Bindings(
              1,
              time,
              Map.of("x", inputs.get(name), "theta", inputs.get("theta")),
              Map.of(),
              Map.of());
      still.put(
          name,
          Interpreter.evaluate(graph.build(), java.util.Set.of(byPosition), bindings)
              .get(byPosition));
    }
    INDArray unturned =
        RecurrenceInterpreter.run(retention(), new Bindings(1, time, Map.of(), still, Map.of()))
            .output();
    assertThat(unturned.sub(turned).amaxNumber().doubleValue()).isLessThan(1e-13);
    assertThat(turned.amaxNumber().doubleValue()).isGreaterThan(0.1);
  }

  @Test
  void aStateIsCarriedOverASplit() {
    Tensors tensors = new Tensors(2, 6, new Random(3));
    Map<String, INDArray> inputs = inputs(tensors);
    Results whole =
        RecurrenceInterpreter.run(retention(), new Bindings(2, 6, Map.of(), inputs, Map.of()));
    Results first =
        RecurrenceInterpreter.run(
            retention(), new Bindings(2, 4, Map.of(), part(inputs, 0, 4), Map.of()));
    Results second =
        RecurrenceInterpreter.run(
            retention(), new Bindings(2, 2, Map.of(), part(inputs, 4, 6), first.nextStates()));
    assertThat(Nd4j.concat(1, first.output(), second.output())).isEqualTo(whole.output());
    assertThat(second.nextStates()).isEqualTo(whole.nextStates());
  }

  private static Map<String, INDArray> part(Map<String, INDArray> inputs, int from, int to) {
    Map<String, INDArray> part = new HashMap<>(inputs);
    for (String name : List.of("q", "k", "v")) {
      part.put(
          name,
          inputs
              .get(name)
              .get(
                  NDArrayIndex.all(),
                  NDArrayIndex.interval(from, to),
                  NDArrayIndex.all(),
                  NDArrayIndex.all()));
    }
    return part;
  }

  /** z' = 2 of a scalar state that starts at 5, out z + 1: nothing depends on a sequence. */
  @Test
  void scalarsThatAreTheSameForAllSequences() {
    GraphBuilder body = new GraphBuilder();
    int z = body.state("z", List.of(), SPAN);
    int output = body.add(z, body.literal(1, SPAN), SPAN);
    int next = body.literal(2, SPAN);
    RecurrenceCall call =
        new RecurrenceCall(
            "Constant",
            "",
            List.of(),
            List.of(),
            List.of(new RecurrenceCall.State("z", "z", List.of(), 5, next, SPAN)),
            body.build(),
            output,
            SPAN);
    Results results =
        RecurrenceInterpreter.run(call, new Bindings(2, 3, Map.of(), Map.of(), Map.of()));
    assertThat(results.output()).isEqualTo(Nd4j.create(new double[][] {{6, 3, 3}, {6, 3, 3}}));
    assertThat(results.nextStates()).containsOnly(Map.entry("z", Nd4j.create(new double[] {2, 2})));
  }

  @Test
  void inputsMustFit() {
    Tensors tensors = new Tensors(2, 6, new Random(3));
    Map<String, INDArray> inputs = inputs(tensors);
    assertThatThrownBy(() ->
            RecurrenceInterpreter.run(retention(), new Bindings(2, 5, Map.of(), inputs, Map.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[batch, time, head:2, ");
    inputs.remove("k");
    assertThatThrownBy(() ->
            RecurrenceInterpreter.run(retention(), new Bindings(2, 6, Map.of(), inputs, Map.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("`k` is not bound to an array");
  }
}
