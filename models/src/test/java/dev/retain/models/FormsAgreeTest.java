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
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The three forms of retnet.ret give the same logits and the same states, however they are cut. */
class FormsAgreeTest {
  private static final String SMALL = "vocab=31 d=32 value=48 ffn=40 heads=2 layers=2";

  /** The parallel form holds a matrix of steps by steps for each head and sequence. */
  private static final String ONE_HEAD = "vocab=31 d=32 value=48 ffn=40 heads=1 layers=1";

  private static final List<Integer> CHUNKS = List.of(1, 7, 64, 128);

  private static double tolerance(ElementType real) {
    return real == ElementType.F64 ? 1e-12 : 1e-5;
  }

  private static RetainModel open(String settings, ElementType real) {
    return Definitions.build("retnet.ret", settings, real, List.of(Width.W512))
        .open(Width.W512, Engine.shared());
  }

  /** What a run gives, and leaves. */
  private record Run(NativeTensor logits, State state) {
    static Run of(RetainModel model, int[][] tokens, Form form, RunOptions options) {
      try (Session session = model.newSession(tokens.length)) {
        return new Run(session.run(tokens, form, options), session.state());
      }
    }

    void assertLike(Run expected, double tolerance, String what) {
      assertThat(Differences.relative(logits, expected.logits)).as(what).isLessThan(tolerance);
      assertThat(Differences.relative(state, expected.state)).as(what).isLessThan(tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "F64, '1 2 63 64 65 1000', " + SMALL,
    "F32, '1 2 63 64 65 1000', " + SMALL,
    "F64, 4096, " + ONE_HEAD,
    "F32, 4096, " + ONE_HEAD,
  })
  void everyFormGivesWhatTheStepsDo(ElementType real, String times, String settings) {
    Random random = new Random(11);
    try (RetainModel model = open(settings, real)) {
      for (String time : times.split(" ")) {
        for (int batch : List.of(1, 3)) {
          int[][] tokens = Definitions.tokens(random, batch, Integer.parseInt(time), 31);
          String what = "%s steps, batch %d, ".formatted(time, batch);
          Run steps = Run.of(model, tokens, Form.RECURRENT, RunOptions.DEFAULT);
          Run.of(model, tokens, Form.PARALLEL, RunOptions.DEFAULT)
              .assertLike(steps, tolerance(real), what + "parallel");
          for (int chunk : CHUNKS) {
            Run.of(model, tokens, Form.CHUNKWISE, RunOptions.DEFAULT.withChunk(chunk))
                .assertLike(steps, tolerance(real), what + "chunks of " + chunk);
          }
        }
      }
    }
  }

  /** Each piece in another form, in another session, from a state that was saved and loaded. */
  @ParameterizedTest
  @EnumSource(names = {"F64", "F32"})
  void anySplitGivesTheSame(ElementType real, @TempDir Path folder) {
    Random random = new Random(12);
    int time = 150;
    Path file = folder.resolve("state.safetensors");
    try (RetainModel model = open(SMALL, real)) {
      int[][] tokens = Definitions.tokens(random, 3, time, 31);
      Run whole = Run.of(model, tokens, Form.RECURRENT, RunOptions.DEFAULT);
      for (int trial = 0; trial < 8; trial++) {
        List<String> pieces = new ArrayList<>();
        State state = atRest(model, 3);
        for (int start = 0; start < time; ) {
          int length = Math.min(time - start, 1 + random.nextInt(trial < 4 ? 70 : 20));
          Form form = Form.values()[random.nextInt(3)];
          RunOptions options = RunOptions.DEFAULT.withChunk(1 + random.nextInt(40));
          pieces.add(
              "%s to %d by %d".formatted(form, start + length, options.chunk().orElseThrow()));
          try (Session session = model.newSession(3)) {
            state.save(file);
            session.restore(State.load(file));
            NativeTensor logits = session.run(part(tokens, start, length), form, options);
            for (int row = 0; row < 3; row++) {
              assertThat(
                      Differences.relative(
                          Differences.steps(logits, row, 0, length),
                          Differences.steps(whole.logits(), row, start, length)))
                  .as("%s", pieces)
                  .isLessThan(tolerance(real));
            }
            state = session.state();
          }
          start += length;
        }
        assertThat(Differences.relative(state, whole.state()))
            .as("%s", pieces)
            .isLessThan(tolerance(real));
      }
    }
  }

  private static State atRest(RetainModel model, int batch) {
    try (Session session = model.newSession(batch)) {
      return session.state();
    }
  }

  private static int[][] part(int[][] tokens, int start, int length) {
    return Arrays.stream(tokens)
        .map(row -> Arrays.copyOfRange(row, start, start + length))
        .toArray(int[][]::new);
  }

  /**
   * Only distances count: far into a stream, nothing of the angles' precision is lost. The rounding
   * of a double at a billion radians is 1e-7.
   */
  @ParameterizedTest
  @EnumSource(names = {"F64", "F32"})
  void aBillionStepsInItIsTheSame(ElementType real, @TempDir Path folder) {
    int[][] tokens = Definitions.tokens(new Random(14), 2, 70, 31);
    Path file = folder.resolve("far.safetensors");
    try (RetainModel model = open(SMALL, real)) {
      saveAtPosition(atRest(model, 2), 1_000_000_000, file);
      NativeTensor near = Run.of(model, tokens, Form.RECURRENT, RunOptions.DEFAULT).logits();
      for (Form form : Form.values()) {
        try (Session session = model.newSession(2)) {
          session.restore(State.load(file));
          NativeTensor far = session.run(tokens, form, RunOptions.DEFAULT);
          assertThat(Differences.relative(far, near)).as("%s", form).isLessThan(1e-5);
          assertThat(session.positions()).containsOnly(1_000_000_070);
        }
      }
    }
  }

  private static void saveAtPosition(State state, long position, Path file) {
    state.save(file);
    try (SafetensorsFile saved = SafetensorsFile.open(file)) {
      SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>(state.tensors());
      NativeTensor positions = saved.read("position", Arena.ofAuto());
      positions.fill(position);
      tensors.put("position", positions);
      SafetensorsWriter.write(file, tensors, saved.metadata());
    }
  }

  /** Padding anywhere and several sequences in a row give what each sequence gives alone. */
  @ParameterizedTest
  @EnumSource(names = {"F64", "F32"})
  void paddedAndPackedSequencesGiveWhatTheyDoAlone(ElementType real) {
    Random random = new Random(13);
    int time = 90;
    int[][] tokens = Definitions.tokens(random, 3, time, 31);
    boolean[][] mask = new boolean[3][time];
    boolean[][] resets = new boolean[3][time];
    for (int row = 0; row < 3; row++) {
      for (int step = 0; step < time; step++) {
        mask[row][step] = random.nextInt(4) > row;
        resets[row][step] = random.nextInt(25) == 0;
      }
    }
    try (RetainModel model = open(SMALL, real)) {
      for (Form form : Form.values()) {
        for (int chunk : form == Form.CHUNKWISE ? CHUNKS : List.of(1)) {
          RunOptions options = RunOptions.DEFAULT.withChunk(chunk);
          Run together = Run.of(model, tokens, form, options.withMask(mask).withResets(resets));
          for (int row = 0; row < 3; row++) {
            assertThatEachIsAsAlone(
                model, tokens[row], mask[row], resets[row], together, row, tolerance(real));
          }
        }
      }
    }
  }

  private static void assertThatEachIsAsAlone(
      RetainModel model,
      int[] tokens,
      boolean[] mask,
      boolean[] resets,
      Run together,
      int row,
      double tolerance) {
    for (int start = 0; start < tokens.length; ) {
      int end = start + 1;
      while (end < tokens.length && !resets[end]) {
        end++;
      }
      List<Integer> valid = new ArrayList<>();
      for (int step = start; step < end; step++) {
        if (mask[step]) {
          valid.add(step);
        }
      }
      if (!valid.isEmpty()) {
        int[][] own = {valid.stream().mapToInt(step -> tokens[step]).toArray()};
        Run alone = Run.of(model, own, Form.RECURRENT, RunOptions.DEFAULT);
        for (int i = 0; i < valid.size(); i++) {
          assertThat(
                  Differences.relative(
                      Differences.steps(together.logits(), row, valid.get(i), 1),
                      Differences.steps(alone.logits(), 0, i, 1)))
              .isLessThan(tolerance);
        }
      }
      start = end;
    }
  }
}
