package dev.retain.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000L;

  /** Tokens that come every millisecond from 0.5 s on, and before every ten. */
  private static Pace pace(long until) {
    Pace pace = new Pace(7);
    for (long now = 0; now < until; now += now < SECOND / 2 ? SECOND / 100 : SECOND / 1000) {
      pace.add(7 + now);
    }
    return pace;
  }

  @Test
  void fullSpeedIsReachedWhereTokensComeFast() {
    assertThat(pace(3 * SECOND).secondsToFullSpeed()).isEqualTo(0.6);
  }

  @Test
  void aLongTextDoesNotCountAfterTwentySeconds() {
    assertThat(pace(60 * SECOND).secondsToFullSpeed()).isEqualTo(0.6);
  }

  @Test
  void fewTokensAreAllThereIs() {
    assertThat(new Pace(7).secondsToFullSpeed()).isEqualTo(0.1);
    assertThat(pace(SECOND / 20).secondsToFullSpeed()).isEqualTo(0.1);
  }
}
