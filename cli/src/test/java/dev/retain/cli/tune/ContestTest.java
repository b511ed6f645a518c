package dev.retain.cli.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ContestTest {
  private static final double[] USUAL = {1, 1, 1, 1, 2, 1, 1, 1};

  @Test
  void ratiosAreThoseOfTheSameRound() {
    Contest.Result result = Contest.result(USUAL, new double[] {.8, .8, .8, .8, 1.6, .8, .8, .8});
    assertThat(result.ratio()).isCloseTo(1.25, within(1e-9));
    assertThat(result.seconds()).isEqualTo(.8);
    assertThat(result.isClear()).isTrue();
  }

  @Test
  void littleIsNotClear() {
    assertThat(Contest.result(USUAL, new double[] {.98, .98, .98, .98, 1.96, .98, .98, .98}))
        .satisfies(result -> assertThat(result.isClear()).isFalse());
  }

  @Test
  void norIsWhatIsFasterNowAndThen() {
    assertThat(Contest.result(USUAL, new double[] {.7, .7, .7, .7, 1.4, 1.3, 1.3, 1.3}))
        .satisfies(result -> {
          assertThat(result.ratio()).isGreaterThan(1.3);
          assertThat(result.isClear()).isFalse();
        });
  }

  @Test
  void theUsualIsNotFasterThanItself() {
    assertThat(Contest.result(USUAL, USUAL)).isEqualTo(new Contest.Result(1, 1, false));
  }
}
