package dev.retain.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.toy.ToyModel;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateTest {
  private static final Engine ENGINE = Engine.withWorkers(2);
  private static final RetainModel MODEL = ToyModel.on(ENGINE);

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static State after(int... tokens) {
    try (Session session = MODEL.newSession(1)) {
      session.run(new int[][] {tokens}, Form.CHUNKWISE, RunOptions.DEFAULT);
      return session.state();
    }
  }

  private static double[] next(State state, int... tokens) {
    try (Session session = MODEL.newSession(state.batch())) {
      session.restore(state);
      NativeTensor logits = session.step(tokens);
      double[] values = new double[(int) logits.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = logits.getDouble(i);
      }
      return values;
    }
  }

  @Test
  void aSavedStateGoesOnExactly() {
    int[] tokens = ToyModel.tokens(1, 1, 20)[0];
    Path file = folder.resolve("state.safetensors");
    after(tokens).save(file);
    State loaded = State.load(file);

    assertThat(loaded.model()).isEqualTo("Toy");
    assertThat(loaded.positions()).containsExactly(20);
    int[] longer = Arrays.copyOf(tokens, 21);
    assertThat(next(loaded, 0)).isEqualTo(ToyModel.expected(longer)[20]);
  }

  @Test
  void aStateIsACopy() {
    try (Session session = MODEL.newSession(1)) {
      session.step(1);
      State state = session.state();
      double[] before = next(state, 2);
      session.step(3);
      assertThat(next(state, 2)).isEqualTo(before);

      session.restore(state);
      assertThat(session.positions()).containsExactly(1);
      session.reset();
      assertThat(session.positions()).containsExactly(0);
      assertThat(session.step(4).getDouble(4)).isEqualTo(ToyModel.expected(4)[0][4]);
    }
  }

  @Test
  void statesAreStackedAndSliced() {
    State first = after(1, 2, 3);
    State second = after(4);
    State both = State.of(List.of(first, second));

    assertThat(both.positions()).containsExactly(3, 1);
    assertThat(both.array("sum").shape()).containsExactly(2, ToyModel.VOCABULARY);
    double[] logits = next(both, 0, 0);
    assertThat(Arrays.copyOf(logits, 5)).isEqualTo(next(first, 0));
    assertThat(Arrays.copyOfRange(logits, 5, 10)).isEqualTo(next(second, 0));
    assertThat(next(both.slice(1), 0)).isEqualTo(next(second, 0));
    assertThatThrownBy(() -> both.slice(2)).hasMessageContaining("no sequence 2");
    assertThatThrownBy(() -> both.array("sun"))
        .hasMessage("there is no state 'sun'; the states are [sum]");
  }

  @Test
  void aStateThatDoesNotBelongIsRefused() {
    State state = after(1);
    RetainModel other =
        RetainModel.of(
            ToyModel.description("Other", "k", OptionalLong.empty()),
            ToyModel.weights(),
            ToyModel::kernel,
            ENGINE);
    try (Session session = other.newSession(1)) {
      assertThatThrownBy(() -> session.restore(state))
          .isInstanceOf(ModelException.class)
          .hasMessage("the state belongs to the model Toy, and this session runs Other");
      State foreign = session.state();
      assertThatThrownBy(() -> State.of(List.of(state, foreign)))
          .hasMessageStartingWith("states of different models");
    }
    try (Session session = MODEL.newSession(2)) {
      assertThatThrownBy(() -> session.restore(state))
          .hasMessageStartingWith("the state has 1 sequences, and this session a batch of 2");
    }
    try (Session session = MODEL.newSession(1)) {
      assertThatThrownBy(() -> session.restore(state(Map.of("sum", 4L))))
          .hasMessageContaining("should have the shape [1, 5], but is F64[1, 4]");
      assertThatThrownBy(() -> session.restore(state(Map.of()))).hasMessageContaining("is missing");
      assertThatThrownBy(() -> session.restore(state(Map.of("sum", 5L, "max", 5L))))
          .hasMessage("the model Toy has no states [max]");
      assertThat(session.positions()).containsExactly(0);
    }
  }

  private static State state(Map<String, Long> widths) {
    LinkedHashMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    widths.forEach((path, width) ->
        tensors.put(path, NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, 1, width)));
    return new State("Toy", new long[] {7}, tensors);
  }

  @Test
  void filesThatAreNoStatesAreRefused() throws IOException {
    Path weights = folder.resolve("weights.safetensors");
    SafetensorsWriter.write(weights, ToyModel.weights(), Map.of());
    assertThatThrownBy(() -> State.load(weights))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("it is no saved state");

    Path state = folder.resolve("state.safetensors");
    after(1).save(state);
    byte[] bytes = Files.readAllBytes(state);
    Files.write(state, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> State.load(state)).isInstanceOf(RetainException.class);
    assertThatThrownBy(() -> State.load(folder.resolve("none")))
        .isInstanceOf(RetainException.class)
        .hasMessageContaining("no such file");
  }
}
