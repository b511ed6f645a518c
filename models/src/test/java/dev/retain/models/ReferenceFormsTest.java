package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The reference's own forms, written by hand, give its own logits, which differ from each other.
 */
class ReferenceFormsTest {
  private static RetainModel open(Golden golden, Width width) {
    return golden.build("retnet-reference.ret", List.of(width)).open(width, Engine.shared());
  }

  @ParameterizedTest
  @CsvSource({
    "torchscale_one,  F64, 3, W512",
    "torchscale_tiny, F64, 8, W256",
    "torchscale_odd,  F64, 5, W512",
    "torchscale_odd,  F64, 5, SCALAR",
    "torchscale_emb,  F64, 4, W128",
    "torchscale_tiny, F32, 8, W512",
  })
  void theReferencesFormsGiveItsLogits(String name, ElementType real, int chunk, Width width) {
    Golden golden = new Golden(name, real);
    int[][] tokens = golden.tokens();
    try (RetainModel model = open(golden, width);
        Session session = model.newSession(tokens.length)) {
      RunOptions options = RunOptions.DEFAULT.withChunk(chunk);
      NativeTensor parallel = session.run(tokens, "reference_parallel", options);
      assertThat(Differences.absolute(parallel, golden.tensor("logits.parallel")))
          .isLessThan(golden.tolerance());
      session.reset();
      NativeTensor chunkwise = session.run(tokens, "reference_chunkwise", options);
      assertThat(Differences.absolute(chunkwise, golden.tensor("logits.chunkwise")))
          .isLessThan(golden.tolerance());
      session.reset();
      NativeTensor recurrent = session.run(tokens, Form.RECURRENT, options);
      assertThat(Differences.absolute(recurrent, golden.tensor("logits.recurrent")))
          .isLessThan(golden.tolerance());
    }
  }

  @Test
  void aCallGoesOnWhereTheLastOneEndedInTheSameForm() {
    Golden golden = new Golden("torchscale_tiny", ElementType.F64);
    int[][] tokens = golden.tokens();
    RunOptions options = RunOptions.DEFAULT.withChunk(8);
    try (RetainModel model = open(golden, Width.W512);
        Session session = model.newSession(tokens.length)) {
      session.run(part(tokens, 0, 8), "reference_chunkwise", options);
      NativeTensor rest = session.run(part(tokens, 8, 16), "reference_chunkwise", options);
      NativeTensor expected = golden.tensor("logits.chunkwise");
      for (int row = 0; row < tokens.length; row++) {
        assertThat(
                Differences.absolute(
                    Differences.steps(rest, row, 0, 8), Differences.steps(expected, row, 8, 8)))
            .isLessThan(golden.tolerance());
      }
    }
  }

  private static int[][] part(int[][] tokens, int from, int to) {
    return Arrays.stream(tokens)
        .map(row -> Arrays.copyOfRange(row, from, to))
        .toArray(int[][]::new);
  }

  @Test
  void aFormThatCannotGoOnSaysSo() {
    Golden golden = new Golden("torchscale_one", ElementType.F64);
    int[][] tokens = golden.tokens();
    try (RetainModel model = open(golden, Width.W512);
        Session session = model.newSession(1)) {
      session.run(tokens, "reference_chunkwise", RunOptions.DEFAULT);
      assertThatThrownBy(() -> session.run(tokens, Form.RECURRENT, RunOptions.DEFAULT))
          .isInstanceOf(RetainException.class)
          .hasMessageContaining("in the states of the form reference_chunkwise");
      assertThatThrownBy(session::state)
          .isInstanceOf(RetainException.class)
          .hasMessageContaining("states are saved in derived forms");
      assertThatThrownBy(() -> session.step(1)).isInstanceOf(RetainException.class);
      session.reset();
      session.step(1);
      assertThatThrownBy(() -> session.run(tokens, "reference_chunkwise", RunOptions.DEFAULT))
          .isInstanceOf(RetainException.class)
          .hasMessageContaining("in the states of the model");
      assertThatThrownBy(() -> session.run(tokens, "reference_parallel", RunOptions.DEFAULT))
          .isInstanceOf(RetainException.class)
          .hasMessageContaining("takes no state");
      assertThatThrownBy(() -> session.run(tokens, "reference", RunOptions.DEFAULT))
          .isInstanceOf(RetainException.class)
          .hasMessageContaining(
              "choose one of: recurrent, parallel, chunkwise, reference_parallel,"
                  + " reference_chunkwise");
      boolean[][] mask = {{false, true, true, true, true, true}};
      session.reset();
      assertThatThrownBy(
              () -> session.run(tokens, "reference_parallel", RunOptions.DEFAULT.withMask(mask)))
          .isInstanceOf(RetainException.class)
          .hasMessageContaining("without padding or resets");
    }
  }
}
