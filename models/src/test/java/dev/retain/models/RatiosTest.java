package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.State;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * States that are kept over a running maximum, in a model whose keys no float32 holds the
 * exponentials of: cut, saved, padded and packed like all others.
 */
class RatiosTest {
  private static final String FILE = "src/test/resources/ratios.ret";
  private static final int TIME = 60;

  private static double tolerance(ElementType real) {
    return real == ElementType.F64 ? 1e-12 : 1e-5;
  }

  private static RetainModel open(ElementType real) {
    return Definitions.build(FILE, "d=12", real, List.of(Width.W512))
        .open(Width.W512, Engine.shared());
  }

  private static NativeTensor logits(
      RetainModel model, int[][] tokens, Form form, RunOptions options) {
    try (Session session = model.newSession(tokens.length)) {
      return session.run(tokens, form, options);
    }
  }

  private static State atRest(RetainModel model) {
    try (Session session = model.newSession(3)) {
      return session.state();
    }
  }

  /** One piece after the other, each in another form and session, from a state that was saved. */
  @ParameterizedTest
  @EnumSource(names = {"F64", "F32"})
  void anySplitGivesTheSame(ElementType real, @TempDir Path folder) {
    Random random = new Random(21);
    Path file = folder.resolve("state.safetensors");
    try (RetainModel model = open(real)) {
      int[][] tokens = Definitions.tokens(random, 3, TIME, 31);
      NativeTensor whole = logits(model, tokens, Form.RECURRENT, RunOptions.DEFAULT);
      for (int trial = 0; trial < 6; trial++) {
        State state = atRest(model);
        for (int start = 0; start < TIME; ) {
          int from = start;
          int length = Math.min(TIME - from, 1 + random.nextInt(30));
          Form form = Form.values()[random.nextInt(3)];
          RunOptions options = RunOptions.DEFAULT.withChunk(1 + random.nextInt(20));
          try (Session session = model.newSession(3)) {
            state.save(file);
            session.restore(State.load(file));
            int[][] part =
                Arrays.stream(tokens)
                    .map(row -> Arrays.copyOfRange(row, from, from + length))
                    .toArray(int[][]::new);
            NativeTensor logits = session.run(part, form, options);
            for (int row = 0; row < 3; row++) {
              assertThat(
                      Differences.relative(
                          Differences.steps(logits, row, 0, length),
                          Differences.steps(whole, row, from, length)))
                  .as("%s from %d to %d", form, from, from + length)
                  .isLessThan(tolerance(real));
            }
            state = session.state();
          }
          start += length;
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32"})
  void paddedAndPackedSequencesGiveWhatTheyDoAlone(ElementType real) {
    Random random = new Random(22);
    int[][] tokens = Definitions.tokens(random, 3, TIME, 31);
    boolean[][] mask = new boolean[3][TIME];
    boolean[][] resets = new boolean[3][TIME];
    for (int row = 0; row < 3; row++) {
      for (int step = 0; step < TIME; step++) {
        mask[row][step] = random.nextInt(4) > row;
        resets[row][step] = random.nextInt(15) == 0;
      }
    }
    try (RetainModel model = open(real)) {
      for (Form form : Form.values()) {
        for (int chunk : form == Form.CHUNKWISE ? List.of(1, 7, 32) : List.of(1)) {
          RunOptions options =
              RunOptions.DEFAULT.withChunk(chunk).withMask(mask).withResets(resets);
          NativeTensor together = logits(model, tokens, form, options);
          for (int row = 0; row < 3; row++) {
            List<Integer> valid = new ArrayList<>();
            for (int step = 0; step <= TIME; step++) {
              if (step == TIME || resets[row][step]) {
                assertAsAlone(model, tokens[row], valid, together, row, tolerance(real));
                valid.clear();
              }
              if (step < TIME && mask[row][step]) {
                valid.add(step);
              }
            }
          }
        }
      }
    }
  }

  private static void assertAsAlone(
      RetainModel model,
      int[] tokens,
      List<Integer> valid,
      NativeTensor together,
      int row,
      double tolerance) {
    if (valid.isEmpty()) {
      return;
    }
    int[][] own = {valid.stream().mapToInt(step -> tokens[step]).toArray()};
    NativeTensor alone = logits(model, own, Form.RECURRENT, RunOptions.DEFAULT);
    for (int i = 0; i < valid.size(); i++) {
      assertThat(
              Differences.relative(
                  Differences.steps(together, row, valid.get(i), 1),
                  Differences.steps(alone, 0, i, 1)))
          .isLessThan(tolerance);
    }
  }
}
