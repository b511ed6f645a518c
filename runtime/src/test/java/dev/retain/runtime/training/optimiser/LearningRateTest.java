package dev.retain.runtime.training.optimiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.runtime.training.optimiser.LearningRate.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRateTest {
  @ParameterizedTest
  @EnumSource
  void risesInAStraightLineToThePeak(Shape shape) {
    LearningRate rate = new LearningRate(shape, 0.1, 4, 104);
    assertThat(rate.at(0)).isCloseTo(0.025, within(1e-15));
    assertThat(rate.at(1)).isCloseTo(0.05, within(1e-15));
    assertThat(rate.at(3)).isEqualTo(0.1);
    assertThat(rate.at(4)).isEqualTo(0.1);
  }

  @Test
  void fallsAsTheShapeSays() {
    assertThat(new LearningRate(Shape.CONSTANT, 0.1, 0, 100).at(99)).isEqualTo(0.1);
    assertThat(new LearningRate(Shape.LINEAR, 0.1, 20, 120).at(95)).isCloseTo(0.025, within(1e-15));
    assertThat(new LearningRate(Shape.COSINE, 0.1, 20, 120).at(70)).isCloseTo(0.05, within(1e-15));
    assertThat(new LearningRate(Shape.COSINE, 0.1, 20, 120).at(45))
        .isCloseTo(0.05 * (1 + Math.sqrt(0.5)), within(1e-15));
  }

  @Test
  void theLastUpdateStillChangesSomething() {
    for (Shape shape : Shape.values()) {
      assertThat(new LearningRate(shape, 0.1, 10, 10).at(9)).isPositive();
      assertThat(new LearningRate(shape, 0.1, 0, 50).at(49)).isPositive();
    }
  }
}
