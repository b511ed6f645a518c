package dev.retain.runtime.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MultiplyPeakTest {
  /** Any machine that runs the JVM does more than a hundred million in a second. */
  @Test
  void aMachineMultiplies() {
    assertThat(MultiplyPeak.measure(2)).isFinite().isGreaterThan(1e8);
  }
}
