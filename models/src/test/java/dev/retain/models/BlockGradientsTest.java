package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of sequences that are cut into blocks, packed, or carried on. */
class BlockGradientsTest {
  private static ModelBuilder retnet(ElementType real) {
    return Definitions.build(
        "retnet.ret", "vocab=11 d=8 heads=2 layers=2 value=12 ffn=10", real, List.of(Width.W512));
  }

  private static Map<String, NativeTensor> copied(SequencedMap<String, NativeTensor> tensors) {
    Map<String, NativeTensor> copies = new LinkedHashMap<>();
    tensors.forEach((path, tensor) -> copies.put(path, tensor.copyOf(Arena.ofAuto())));
    return copies;
  }

  private static void assertClose(
      Map<String, NativeTensor> actual, Map<String, NativeTensor> expected, double tolerance) {
    expected.forEach((path, gradient) ->
        assertThat(Differences.relative(actual.get(path), gradient))
            .as(path)
            .isLessThan(tolerance));
  }

  /** Documents behind each other in one row have the sum of their own gradients. */
  @ParameterizedTest
  @CsvSource({"recurrent, 1", "parallel, 1", "chunkwise, 4", "chunkwise, 7"})
  void packedDocuments(String form, int chunk) {
    int[][] tokens = Definitions.tokens(new Random(8), 2, 13, 11);
    int[][] starts = {{0, 5, 9, 13}, {0, 12, 13}};
    int[][] targets = TrainingBatch.ofNextTokens(tokens).targets();
    boolean[][] resets = new boolean[2][13];
    try (BlockGradientModel model = LossDifferences.open(retnet(ElementType.F64), form, chunk)) {
      double sum = 0;
      for (int row = 0; row < 2; row++) {
        for (int i = 0; i + 1 < starts[row].length; i++) {
          resets[row][starts[row][i]] = true;
          targets[row][starts[row][i + 1] - 1] = TrainingBatch.NONE;
          int[] own = Arrays.copyOfRange(tokens[row], starts[row][i], starts[row][i + 1]);
          TrainingBatch document = TrainingBatch.ofNextTokens(new int[][] {own});
          sum += model.accumulate(document, 0.5, false, 0);
        }
      }
      Map<String, NativeTensor> expected = copied(model.gradients());
      model.clear();
      TrainingBatch packed = new TrainingBatch(tokens, targets, Optional.of(resets));
      assertThat(model.accumulate(packed, 0.5, false, 0)).isCloseTo(sum, within(1e-11));
      assertClose(model.gradients(), expected, 1e-11);
      assertThat(LossDifferences.error(model, packed, 0)).isLessThan(1e-8);
    }
  }

  /** What is compiled without states is what states at rest make of it. */
  @ParameterizedTest
  @CsvSource({
    "retnet.ret, parallel, 1",
    "retnet.ret, chunkwise, 13",
    "ablations/no-decay.ret, chunkwise, 20",
    "ablations/no-head-norm.ret, parallel, 1"
  })
  void oneBlockAtRest(String definition, String form, int chunk) {
    int[][] tokens = Definitions.tokens(new Random(8), 2, 13, 11);
    boolean[][] resets = new boolean[2][13];
    resets[0][5] = true;
    resets[1][12] = true;
    TrainingBatch whole = TrainingBatch.ofNextTokens(tokens);
    TrainingBatch packed = new TrainingBatch(whole.tokens(), whole.targets(), Optional.of(resets));
    ModelBuilder builder =
        Definitions.build(
            definition,
            "vocab=11 d=8 heads=2 layers=2 value=12 ffn=10",
            ElementType.F64,
            List.of(Width.W512));
    try (BlockGradientModel general = LossDifferences.open(builder, form, chunk);
        BlockGradientModel one = LossDifferences.openForOneBlock(builder, form, chunk)) {
      for (TrainingBatch batch : List.of(whole, packed)) {
        general.clear();
        one.clear();
        double expected = general.accumulate(batch, 0.5, false, 0);
        assertThat(one.accumulate(batch, 0.5, false, 0)).isCloseTo(expected, within(1e-11));
        assertThat(one.loss(batch)).isCloseTo(general.loss(batch), within(1e-11));
        assertClose(one.gradients(), general.gradients(), 1e-12);
      }
      assertThat(one.bytes()).isLessThan(general.bytes());
    }
  }

  /** States are carried from call to call, gradients are not. */
  @ParameterizedTest
  @ValueSource(strings = {"recurrent", "chunkwise"})
  void carriedStates(String form) {
    int[][] tokens = Definitions.tokens(new Random(9), 2, 18, 11);
    int[][] targets = TrainingBatch.ofNextTokens(tokens).targets();
    TrainingBatch whole = new TrainingBatch(tokens, targets, Optional.empty());
    TrainingBatch first = part(whole, 0, 7);
    TrainingBatch second = part(whole, 7, 18);
    try (BlockGradientModel model = LossDifferences.open(retnet(ElementType.F64), form, 4)) {
      double expected = model.accumulate(whole, 1, false, 0);
      double sum = model.accumulate(first, 1, false, 0);
      SequencedMap<String, NativeTensor> states = new LinkedHashMap<>(copied(model.states()));
      long[] positions = model.positions();
      assertThat(positions).containsExactly(7, 7);
      sum += model.accumulate(second, 1, true, 0);
      assertThat(sum).isCloseTo(expected, within(1e-11));
      double error =
          LossDifferences.error(
              model,
              path -> true,
              one -> {
                one.restore(states, positions);
                return one.accumulate(second, 1, true, 0);
              });
      assertThat(error).isLessThan(1e-8);
    }
  }

  /** Whether blocks keep what they made on the way forward, or make it again. */
  @Test
  void keptWorkIsWorkDoneAgain() {
    int[][] tokens = Definitions.tokens(new Random(8), 2, 45, 11);
    boolean[][] resets = new boolean[2][45];
    resets[0][5] = true;
    resets[1][40] = true;
    TrainingBatch whole = TrainingBatch.ofNextTokens(tokens);
    TrainingBatch packed = new TrainingBatch(whole.tokens(), whole.targets(), Optional.of(resets));
    ModelBuilder builder =
        Definitions.build(
            "retnet.ret",
            "vocab=11 d=8 heads=2 layers=2 value=12 ffn=10 dropout=0.2",
            ElementType.F64,
            List.of(Width.W512));
    Width width = MachineWidth.choose("model", Set.of(Width.values()));
    try (BlockGradientModel kept = LossDifferences.open(builder, "chunkwise", 8);
        BlockGradientModel again =
            LossDifferences.open(builder, "chunkwise", 8, 0, Engine.shared(), width)) {
      for (TrainingBatch batch : List.of(whole, packed, whole)) {
        kept.clear();
        again.clear();
        double expected = again.accumulate(batch, 0.5, false, 7);
        assertThat(kept.accumulate(batch, 0.5, false, 7)).isCloseTo(expected, within(1e-11));
        assertClose(kept.gradients(), again.gradients(), 1e-12);
        assertClose(kept.states(), again.states(), 1e-12);
        assertThat(kept.positions()).isEqualTo(again.positions());
      }
      assertThat(kept.bytes()).isGreaterThan(again.bytes());
    }
  }

  private static TrainingBatch part(TrainingBatch whole, int from, int to) {
    int[][] tokens = new int[whole.tokens().length][];
    int[][] targets = new int[tokens.length][];
    for (int row = 0; row < tokens.length; row++) {
      tokens[row] = Arrays.copyOfRange(whole.tokens()[row], from, to);
      targets[row] = Arrays.copyOfRange(whole.targets()[row], from, to);
    }
    return new TrainingBatch(tokens, targets, Optional.empty());
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32"})
  void anyNumberOfWorkersGivesTheSameBits(ElementType real) {
    ModelBuilder builder =
        Definitions.build(
            "retnet.ret",
            "vocab=97 d=36 value=70 ffn=37 heads=2 layers=2 dropout=0.2",
            real,
            List.of(Width.W512));
    TrainingBatch batch = TrainingBatch.ofNextTokens(Definitions.tokens(new Random(4), 3, 75, 97));
    for (String form : List.of("recurrent", "parallel", "chunkwise")) {
      Map<String, NativeTensor> expected = Map.of();
      for (int workers : List.of(1, 2, 3)) {
        try (Engine engine = Engine.withWorkers(workers);
            BlockGradientModel model = LossDifferences.open(builder, form, 32, engine)) {
          model.accumulate(batch, 0.1, false, 3);
          for (Map.Entry<String, NativeTensor> one : expected.entrySet()) {
            NativeTensor gradient = model.gradients().get(one.getKey());
            assertThat(gradient.segment().mismatch(one.getValue().segment()))
                .as("%s, %s, %d workers", form, one.getKey(), workers)
                .isEqualTo(-1);
          }
          expected = copied(model.gradients());
        }
      }
    }
  }

  @Test
  void float32IsFloat64ToRounding() {
    TrainingBatch batch = TrainingBatch.ofNextTokens(Definitions.tokens(new Random(4), 2, 40, 11));
    for (String form : List.of("recurrent", "parallel", "chunkwise")) {
      try (BlockGradientModel exact = LossDifferences.open(retnet(ElementType.F64), form, 16);
          BlockGradientModel rounded = LossDifferences.open(retnet(ElementType.F32), form, 16)) {
        exact
            .parameters()
            .forEach((path, tensor) -> rounded.parameters().get(path).copyFrom(tensor));
        rounded
            .parameters()
            .forEach((path, tensor) -> exact.parameters().get(path).copyFrom(tensor));
        double loss = exact.accumulate(batch, 1, false, 0);
        assertThat(rounded.accumulate(batch, 1, false, 0)).isCloseTo(loss, within(1e-4));
        assertClose(rounded.gradients(), exact.gradients(), 2e-5);
      }
    }
  }
}
