package dev.retain.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.kernel.NativeMemory;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.toy.FillDecay;
import dev.retain.runtime.toy.ToyModel;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SessionTest {
  private static final Engine ENGINE = Engine.withWorkers(2);
  private static final RetainModel MODEL = ToyModel.on(ENGINE);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static double[][] row(NativeTensor logits, int row) {
    int time = (int) logits.shape()[1];
    double[][] values = new double[time][ToyModel.VOCABULARY];
    for (int step = 0; step < time; step++) {
      for (int column = 0; column < ToyModel.VOCABULARY; column++) {
        values[step][column] =
            logits.getDouble(((long) row * time + step) * ToyModel.VOCABULARY + column);
      }
    }
    return values;
  }

  private static int[][] part(int[][] tokens, int from, int to) {
    return Arrays.stream(tokens)
        .map(row -> Arrays.copyOfRange(row, from, to))
        .toArray(int[][]::new);
  }

  @ParameterizedTest
  @EnumSource
  void everyFormGivesTheLogitsOfEverySequence(Form form) {
    int[][] tokens = ToyModel.tokens(1, 3, 150);
    try (Session session = MODEL.newSession(3)) {
      NativeTensor logits = session.run(tokens, form, RunOptions.DEFAULT);

      assertThat(logits.shape()).containsExactly(3, 150, ToyModel.VOCABULARY);
      for (int row = 0; row < 3; row++) {
        assertThat(row(logits, row)).isDeepEqualTo(ToyModel.expected(tokens[row]));
      }
      assertThat(session.positions()).containsExactly(150, 150, 150);
    }
  }

  @Test
  void anySplitInAnyFormsGoesOnExactly() {
    int[][] tokens = ToyModel.tokens(2, 2, 40);
    for (int split = 0; split <= 40; split++) {
      try (Session session = MODEL.newSession(2)) {
        Form first = Form.values()[split % 3];
        Form second = Form.values()[(split / 3) % 3];
        RunOptions options = RunOptions.DEFAULT.withChunk(7);
        session.run(part(tokens, 0, split), first, options);
        NativeTensor rest = session.run(part(tokens, split, 40), second, options);

        for (int row = 0; row < 2; row++) {
          double[][] all = ToyModel.expected(tokens[row]);
          assertThat(row(rest, row)).isDeepEqualTo(Arrays.copyOfRange(all, split, 40));
        }
      }
    }
  }

  @Test
  void numbersOfWorkersGiveTheSameBits() {
    int[][] tokens = ToyModel.tokens(3, 3, 33);
    List<double[]> results = new ArrayList<>();
    for (int workers = 1; workers <= 3; workers++) {
      try (Engine engine = Engine.withWorkers(workers);
          RetainModel model = ToyModel.on(engine);
          Session session = model.newSession(3)) {
        RunOptions options = RunOptions.DEFAULT.withChunk(8);
        NativeTensor logits = session.run(tokens, Form.CHUNKWISE, options);
        results.add(LongStream.range(0, logits.size()).mapToDouble(logits::getDouble).toArray());
      }
    }
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(results.get(2)).isEqualTo(results.get(0));
  }

  @Test
  void blocksArriveInOrderAndTheLastMayBeShorter() {
    List<String> blocks = new ArrayList<>();
    try (Session session = MODEL.newSession(1)) {
      int[][] tokens = ToyModel.tokens(4, 1, 10);
      session.run(
          tokens,
          Form.CHUNKWISE,
          RunOptions.DEFAULT.withChunk(4),
          (start, length, logits) -> blocks.add(start + "+" + length + " " + logits));
    }
    assertThat(blocks).containsExactly("0+4 F64[1, 4, 5]", "4+4 F64[1, 4, 5]", "8+2 F64[1, 2, 5]");
  }

  @Test
  void staticBuffersAreFilledOnlyWhenTheShapeChanges() {
    try (Session session = MODEL.newSession(1)) {
      RunOptions options = RunOptions.DEFAULT.withChunk(4);
      session.run(ToyModel.tokens(5, 1, 4), Form.CHUNKWISE, options);
      int before = FillDecay.RUNS.get();
      session.run(ToyModel.tokens(5, 1, 12), Form.CHUNKWISE, options);
      assertThat(FillDecay.RUNS.get()).isEqualTo(before);
      session.run(ToyModel.tokens(5, 1, 3), Form.CHUNKWISE, options);
      assertThat(FillDecay.RUNS.get()).isEqualTo(before + 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void paddingLeavesTheStateAlone(Form form) {
    int[][] tokens = ToyModel.tokens(6, 2, 11);
    boolean[][] mask = new boolean[2][11];
    int[][] valid = {{2, 3, 4, 6, 7, 10}, {0, 1, 2, 3}};
    for (int row = 0; row < 2; row++) {
      for (int step : valid[row]) {
        mask[row][step] = true;
      }
    }
    try (Session session = MODEL.newSession(2)) {
      RunOptions options = RunOptions.DEFAULT.withChunk(4).withMask(mask);
      NativeTensor logits = session.run(tokens, form, options);

      for (int row = 0; row < 2; row++) {
        int[] real = tokens[row];
        double[][] expected =
            ToyModel.expected(Arrays.stream(valid[row]).map(step -> real[step]).toArray());
        for (int i = 0; i < valid[row].length; i++) {
          assertThat(row(logits, row)[valid[row][i]]).isEqualTo(expected[i]);
        }
      }
      assertThat(session.positions()).containsExactly(6, 4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void resetsBeginAnotherSequence(Form form) {
    int[][] tokens = ToyModel.tokens(7, 1, 10);
    boolean[][] resets = new boolean[1][10];
    resets[0][3] = true;
    resets[0][7] = true;
    double decayed = ToyModel.expected(tokens[0][9])[0][tokens[0][9]];
    try (Session session = MODEL.newSession(1)) {
      RunOptions options = RunOptions.DEFAULT.withChunk(5).withResets(resets);
      double[][] logits = row(session.run(tokens, form, options), 0);

      double[][] expected = ToyModel.expected(part(tokens, 3, 7)[0]);
      for (int step = 3; step < 7; step++) {
        for (int column = 0; column < ToyModel.VOCABULARY; column++) {
          double shift = ((step + 1) - (step - 2)) / 1000.0;
          assertThat(logits[step][column] - shift)
              .isCloseTo(expected[step - 3][column], within(1e-12));
        }
      }
      assertThat(logits[9][tokens[0][9]]).isNotEqualTo(decayed);
    }
  }

  @Test
  void clocksAndSegmentsEndWithTheBlock() {
    List<List<Double>> ends = new ArrayList<>();
    RetainModel model =
        ToyModel.on(
            ENGINE,
            name ->
                name.endsWith(".ReadOut")
                    ? (addresses, batch, _, worker, _) -> {
                      if (worker == 0) {
                        ends.add(doubles(addresses[4], batch));
                        ends.add(doubles(addresses[5], batch));
                      }
                    }
                    : ToyModel.kernel(name));
    boolean[][] mask = {{true, false, true, true, false}, {false, true, true, true, true}};
    boolean[][] resets = {{true, true, false, false, true}, new boolean[5]};
    try (Session session = model.newSession(2)) {
      session.run(
          ToyModel.tokens(1, 2, 5),
          Form.CHUNKWISE,
          RunOptions.DEFAULT.withChunk(3).withMask(mask).withResets(resets));
    }
    assertThat(ends)
        .containsExactly(
            List.of(2.0, 2.0), List.of(2.0, 0.0), List.of(1.0, 2.0), List.of(1.0, 0.0));
  }

  private static List<Double> doubles(long address, int count) {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(NativeMemory.ALL.get(ValueLayout.JAVA_DOUBLE, address + 8L * i));
    }
    return values;
  }

  @Test
  void arraysGoInAndComeOut() {
    int[][] tokens = ToyModel.tokens(8, 2, 5);
    try (Session session = MODEL.newSession(2)) {
      INDArray logits = session.run(Nd4j.createFromArray(tokens), Form.PARALLEL);

      assertThat(logits.shape()).containsExactly(2, 5, ToyModel.VOCABULARY);
      assertThat(logits.dataType()).isEqualTo(DataType.DOUBLE);
      assertThat(logits.getDouble(1, 4, 2)).isEqualTo(ToyModel.expected(tokens[1])[4][2]);

      INDArray mask = Nd4j.createFromArray(new int[][] {{1, 0, 0, 0, 0}, {0, 0, 0, 0, 0}});
      session.run(Nd4j.createFromArray(tokens), Form.CHUNKWISE, RunOptions.DEFAULT.withMask(mask));
      assertThat(session.positions()).containsExactly(6, 5);
    }
  }

  @Test
  void parametersAreTheMemoryOfTheKernels() {
    try (RetainModel model = ToyModel.on(ENGINE);
        Session session = model.newSession(1)) {
      model.parameters().get("weight").putScalar(2, 100.0);

      assertThat(session.step(2).getDouble(2)).isGreaterThan(99);
    }
  }

  @Test
  void stepsAllocateNothing() {
    int[][] tokens = ToyModel.tokens(9, 2, 70);
    int[] next = {1, 2};
    BlockConsumer ignored = (_, _, _) -> {};
    long least = Long.MAX_VALUE;
    try (Session session = MODEL.newSession(2)) {
      for (int round = 0; round < 10 && least > 0; round++) {
        long before = ENGINE.allocatedBytes();
        for (int i = 0; i < 200; i++) {
          session.step(next);
          session.run(tokens, Form.PARALLEL, RunOptions.DEFAULT, ignored);
        }
        least = Math.min(least, ENGINE.allocatedBytes() - before);
      }
    }
    assertThat(least).isZero();
  }

  @Test
  void aFailingWorkerLeavesTheStateAndThePoolUsable() {
    boolean[] broken = {false};
    RetainModel model =
        ToyModel.on(
            ENGINE,
            name ->
                name.endsWith(".Scan")
                    ? (addresses, batch, time, worker, workers) -> {
                      if (broken[0] && worker == 1) {
                        throw new UnsupportedOperationException("worker " + worker);
                      }
                      ToyModel.kernel(name).run(addresses, batch, time, worker, workers);
                    }
                    : ToyModel.kernel(name));
    int[][] tokens = ToyModel.tokens(10, 1, 20);
    try (Session session = model.newSession(1)) {
      session.run(part(tokens, 0, 5), Form.CHUNKWISE, RunOptions.DEFAULT);
      broken[0] = true;
      for (Form form : Form.values()) {
        assertThatThrownBy(() -> session.run(part(tokens, 5, 9), form, RunOptions.DEFAULT))
            .isInstanceOf(UnsupportedOperationException.class)
            .hasMessage("worker 1");
      }
      broken[0] = false;
      NativeTensor rest = session.run(part(tokens, 5, 20), Form.CHUNKWISE, RunOptions.DEFAULT);

      double[][] all = ToyModel.expected(tokens[0]);
      assertThat(row(rest, 0)).isDeepEqualTo(Arrays.copyOfRange(all, 5, 20));
    }
  }

  @Test
  void mistakesAreNamedAndLeaveTheStateAlone() {
    try (Session session = MODEL.newSession(2)) {
      assertThatThrownBy(() -> run(session, new int[][] {{1, 2}, {3, 5}}))
          .isInstanceOf(RetainException.class)
          .hasMessage("the token at [1, 1] must be from 0 to 4, the model's vocabulary, but is 5");
      assertThatThrownBy(() -> run(session, new int[][] {{1, -1}, {3, 4}}))
          .hasMessageContaining("[0, 1]");
      assertThatThrownBy(() -> run(session, new int[][] {{1}}))
          .hasMessageStartingWith(
              "expected the tokens of 2 sequences, the session's batch, found 1");
      assertThatThrownBy(() -> run(session, new int[][] {{1}, {2, 3}}))
          .hasMessageContaining("sequence 1 has 2");
      assertThatThrownBy(() -> session.step(1)).hasMessageContaining("2 sequences, found 1");
      assertThatThrownBy(() -> RunOptions.DEFAULT.withChunk(0)).hasMessageContaining("not 0");
      assertThatThrownBy(() ->
              session.run(
                  new int[][] {{1}, {2}},
                  Form.PARALLEL,
                  RunOptions.DEFAULT.withMask(new boolean[1][1])))
          .hasMessage("the mask must have the shape of the tokens, [2, 1]");
      assertThatThrownBy(() -> session.run(Nd4j.zeros(2, 3), Form.PARALLEL))
          .hasMessageContaining("whole numbers");
      assertThatThrownBy(() -> session.run(Nd4j.zeros(DataType.INT64, 3), Form.PARALLEL))
          .hasMessageContaining("[batch, time]");
      assertThatThrownBy(() -> MODEL.newSession(0)).hasMessageContaining("at least 1");
      assertThat(session.positions()).containsExactly(0, 0);
    }
  }

  private static void run(Session session, int[][] tokens) {
    session.run(tokens, Form.RECURRENT, RunOptions.DEFAULT);
  }

  @Test
  void aClosedSessionSaysSo() {
    Session session = MODEL.newSession(1);
    session.step(1);
    session.close();
    session.close();
    assertThatThrownBy(() -> session.step(1)).isInstanceOf(IllegalStateException.class);
  }
}
