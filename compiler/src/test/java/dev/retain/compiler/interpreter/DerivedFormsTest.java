package dev.retain.compiler.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.FormDerivation;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Inputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The forms that are derived from a recurrence compute what its steps do. */
class DerivedFormsTest {
  private static final Span SPAN = Span.none();
  private static final List<String> PER_STEP = List.of("q", "k", "v");
  private static final List<String> PER_CALL = List.of("gamma", "theta");
  private static final int BATCH = 2;
  private static final int TIME = 9;

  private final RecurrenceCall retention = RecurrenceInterpreterTest.retention();
  private final Map<String, INDArray> inputs =
      RecurrenceInterpreterTest.inputs(new Tensors(BATCH, TIME, new Random(21)));

  private TensorProgram derive(Form form, boolean ragged) throws Exception {
    GraphBuilder step = new GraphBuilder();
    List<Integer> arguments = new ArrayList<>();
    for (RecurrenceCall.Input input : retention.inputs()) {
      arguments.add(
          input.role() == Role.IN
              ? step.input(input.name(), input.axes(), Precision.REAL, SPAN)
              : step.constant(input.name(), input.axes(), SPAN));
    }
    int output =
        step.add(
            new Operation.Recur(retention, arguments),
            retention.body().node(retention.output()).axes(),
            Precision.REAL,
            SPAN);
    return FormDerivation.derive(step.build(), output, form, ragged);
  }

  private Map<String, INDArray> weights() {
    Map<String, INDArray> weights = new HashMap<>();
    PER_CALL.forEach(name -> weights.put(name, inputs.get(name)));
    return weights;
  }

  private static Map<String, INDArray> fromRest() {
    return Map.of(
        "layer.S",
        Nd4j.zeros(
            DataType.DOUBLE,
            BATCH,
            RecurrenceInterpreterTest.HEAD.size(),
            RecurrenceInterpreterTest.K.size(),
            RecurrenceInterpreterTest.V.size()),
        "layer.z",
        Nd4j.zeros(DataType.DOUBLE, BATCH, RecurrenceInterpreterTest.HEAD.size()));
  }

  /** The steps from one to another of an array [batch, time, ...]; a single step has no time. */
  private static INDArray steps(INDArray array, int from, int to, boolean single) {
    INDArray byTime = array.reshape('c', array.size(0), array.size(1), -1);
    INDArray part =
        byTime
            .get(NDArrayIndex.all(), NDArrayIndex.interval(from, to), NDArrayIndex.all())
            .dup('c');
    long[] shape = array.shape().clone();
    shape[1] = to - from;
    if (single) {
      shape = Arrays.stream(shape).skip(1).toArray();
      shape[0] = array.size(0);
    }
    return part.reshape('c', shape);
  }

  /** The outputs of blocks of a length, the states carried from each to the next. */
  private INDArray run(Form form, int block, int[][] valid, int[][] reset) throws Exception {
    boolean ragged = valid != null;
    boolean single = form == Form.RECURRENT;
    TensorProgram program = derive(form, ragged);
    Map<String, INDArray> states = fromRest();
    double[] position = new double[BATCH];
    List<INDArray> outputs = new ArrayList<>();
    for (int from = 0; from < TIME; from += block) {
      int to = Math.min(from + block, TIME);
      Map<String, INDArray> bound = new HashMap<>();
      for (String name : PER_STEP) {
        bound.put(name, steps(inputs.get(name), from, to, single));
      }
      bound.put(Inputs.POSITION, Nd4j.create(position.clone()));
      double[][] clock = new double[BATCH][to - from];
      double[][] segment = new double[BATCH][to - from];
      double[][] counts = new double[BATCH][to - from];
      for (int b = 0; b < BATCH; b++) {
        int steps = 0;
        int resets = 0;
        for (int t = from; t < to; t++) {
          steps += ragged ? valid[b][t] : 1;
          resets += ragged ? reset[b][t] : 0;
          clock[b][t - from] = steps;
          segment[b][t - from] = resets;
          counts[b][t - from] = ragged ? valid[b][t] : 1;
        }
        position[b] += steps;
      }
      bound.put(Inputs.CLOCK, timed(clock, single));
      bound.put(Inputs.SEGMENT, timed(segment, single));
      bound.put(Inputs.VALID, timed(counts, single));
      bound.put(Inputs.CLOCK_END, last(clock));
      bound.put(Inputs.SEGMENT_END, last(segment));
      Results results =
          Interpreter.run(program, new Bindings(BATCH, to - from, weights(), bound, states));
      states = results.nextStates();
      INDArray output = results.output();
      outputs.add(single ? output.reshape('c', BATCH, 1, output.size(1), output.size(2)) : output);
    }
    return Nd4j.concat(1, outputs.toArray(INDArray[]::new));
  }

  private static INDArray timed(double[][] values, boolean single) {
    return single ? last(values) : Nd4j.create(values);
  }

  private static INDArray last(double[][] values) {
    return Nd4j.create(Arrays.stream(values).mapToDouble(row -> row[row.length - 1]).toArray());
  }

  @ParameterizedTest
  @CsvSource({"RECURRENT, 1", "PARALLEL, 9", "CHUNKWISE, 1", "CHUNKWISE, 4", "CHUNKWISE, 9"})
  void blocksComputeWhatStepsDo(Form form, int block) throws Exception {
    INDArray expected =
        RecurrenceInterpreter.run(retention, new Bindings(BATCH, TIME, Map.of(), inputs, Map.of()))
            .output();
    assertClose(run(form, block, null, null), expected);
  }

  /** Padding in front, inside and behind, and a sequence packed behind another. */
  @ParameterizedTest
  @CsvSource({"RECURRENT, 1", "PARALLEL, 9", "CHUNKWISE, 1", "CHUNKWISE, 4", "CHUNKWISE, 9"})
  void raggedBlocksComputeWhatEachSequenceDoesAlone(Form form, int block) throws Exception {
    int[][] valid = {{0, 0, 1, 1, 0, 1, 1, 1, 0}, {1, 1, 1, 1, 1, 1, 1, 1, 1}};
    int[][] reset = {{0, 0, 0, 0, 0, 0, 0, 0, 0}, {1, 0, 0, 1, 0, 0, 0, 1, 0}};
    INDArray actual = run(form, block, valid, reset);
    for (int b = 0; b < BATCH; b++) {
      List<Integer> alone = new ArrayList<>();
      for (int t = 0; t <= TIME; t++) {
        if (t == TIME || reset[b][t] == 1) {
          assertRunsAlone(b, alone, actual);
          alone.clear();
        }
        if (t < TIME && valid[b][t] == 1) {
          alone.add(t);
        }
      }
    }
  }

  private void assertRunsAlone(int sequence, List<Integer> times, INDArray actual) {
    if (times.isEmpty()) {
      return;
    }
    Map<String, INDArray> own = new HashMap<>(weights());
    PER_STEP.forEach(name -> own.put(name, picked(inputs.get(name), sequence, times)));
    INDArray expected =
        RecurrenceInterpreter.run(retention, new Bindings(1, times.size(), Map.of(), own, Map.of()))
            .output();
    assertClose(picked(actual, sequence, times), expected);
  }

  private static INDArray picked(INDArray array, int sequence, List<Integer> times) {
    return Nd4j.concat(
        1,
        times.stream()
            .map(t -> steps(array, t, t + 1, false))
            .map(step ->
                step.get(
                        NDArrayIndex.interval(sequence, sequence + 1),
                        NDArrayIndex.all(),
                        NDArrayIndex.all(),
                        NDArrayIndex.all())
                    .dup('c'))
            .toArray(INDArray[]::new));
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(expected.amaxNumber().doubleValue()).isGreaterThan(0.1);
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-13);
  }
}
