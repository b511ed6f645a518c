package dev.retain.runtime.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long MILLISECOND = 1_000_000;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now = 40;

  @Test
  void aTerminalHasOneLineDrawnAFewTimesPerSecond() {
    try (Progress progress = progress(true, 10_000)) {
      for (int i = 1; i <= 1000; i++) {
        now += MILLISECOND;
        progress.update(5L * i);
      }
      assertThat(printed().chars().filter(c -> c == '\r')).hasSize(5);
      assertThat(printed()).endsWith("\rscore: 50.0 %, 5,000 tokens/s, 1 s left");
      assertThat(printed()).doesNotContain("\n");
    }
    assertThat(printed()).endsWith("\rscore: 5,000 tokens in 1 s, 5,000 tokens/s" + newLine());
  }

  @Test
  void aShorterLineCoversALongerOne() {
    try (Progress progress = progress(true, 10_000)) {
      now += 200 * MILLISECOND;
      progress.update(1);
      String first = printed();
      now += 200 * MILLISECOND;
      progress.update(10_000);
      assertThat(first).isEqualTo("\rscore: 0.0 %, 5 tokens/s, 33 min 20 s left");
      String second = printed().substring(first.length());
      assertThat(second)
          .startsWith("\rscore: 100.0 %, 25,000 tokens/s, 0 s left ")
          .hasSameSizeAs(first);
    }
  }

  @Test
  void elsewhereALineComesEveryFewSeconds() {
    try (Progress progress = progress(false, 100_000_000)) {
      for (int i = 1; i <= 120; i++) {
        now += 100 * MILLISECOND;
        progress.update(1000L * i);
      }
    }
    assertThat(printed().lines())
        .containsExactly(
            "score: 0.1 %, 10,000 tokens/s, 2 h 46 min left",
            "score: 0.1 %, 10,000 tokens/s, 2 h 46 min left",
            "score: 120,000 tokens in 12 s, 10,000 tokens/s");
  }

  @Test
  void aShortTaskSaysNothing() {
    try (Progress progress = progress(false, 0)) {
      progress.update(0);
    }
    try (Progress progress = progress(true, 7)) {
      progress.update(7);
    }
    assertThat(printed()).isEmpty();
  }

  @Test
  void whatWasDoneBeforeIsNoPartOfTheSpeed() {
    try (Progress progress = new Progress(out, true, () -> now, "train", "steps", 1_000, 2_000)) {
      now += 1_000 * MILLISECOND;
      progress.update(1_100);
      now += 1_000 * MILLISECOND;
      progress.update(1_200, () -> "loss 1.25");
    }
    assertThat(printed())
        .isEqualTo(
            "\rtrain: 55.0 %, 100 steps/s, 9 s left"
                + "\rtrain: 60.0 %, loss 1.25, 8 s left  "
                + "\rtrain: 200 steps in 2 s, 100 steps/s"
                + newLine());
  }

  @Test
  void aLineThatStaysIsNotMixedWithTheOneThatIsDrawn() {
    try (Progress progress = progress(true, 10_000)) {
      progress.say("begins");
      now += 200 * MILLISECOND;
      progress.update(1_000);
      String before = printed();
      progress.say("half");
      assertThat(printed())
          .isEqualTo(before + "\r" + " ".repeat(before.length() - 8) + "\rhalf" + newLine());
    }
  }

  private Progress progress(boolean redrawn, long total) {
    return new Progress(out, redrawn, () -> now, "score", "tokens", 0, total);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String newLine() {
    return System.lineSeparator();
  }
}
