package dev.retain.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MathematicsTest {
  @Test
  void exponentialIsWithinTwoUnitsInTheLastPlace() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      double x = random.nextDouble(-700, 700);
      assertThat(Mathematics.exp(x)).isCloseTo(Math.exp(x), within(2 * Math.ulp(Math.exp(x))));
      float y = (float) random.nextDouble(-86, 88);
      float expected = (float) Math.exp(y);
      assertThat(Mathematics.exp(y)).isCloseTo(expected, within(2 * Math.ulp(expected)));
    }
  }

  @Test
  void tangentIsAccurateNearZeroToo() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      double x = random.nextDouble(-1, 1) * Math.pow(10, random.nextInt(-9, 2));
      double exact = Math.tanh(x);
      assertThat(Mathematics.tanh(x)).isCloseTo(exact, within(4 * Math.ulp(exact)));
      float y = (float) x;
      float expected = (float) Math.tanh(y);
      assertThat(Mathematics.tanh(y)).isCloseTo(expected, within(4 * Math.ulp(expected)));
    }
  }

  @Test
  void edges() {
    double infinity = Double.POSITIVE_INFINITY;
    assertThat(Mathematics.exp(0.0)).isEqualTo(1);
    assertThat(Mathematics.exp(-infinity)).isZero();
    assertThat(Mathematics.exp(-1e300)).isZero();
    assertThat(Mathematics.exp(infinity)).isEqualTo(infinity);
    assertThat(Mathematics.exp(710.0)).isEqualTo(infinity);
    assertThat(Mathematics.exp(709.7)).isFinite();
    assertThat(Mathematics.exp(Double.NaN)).isNaN();
    assertThat(Mathematics.exp(0f)).isEqualTo(1);
    assertThat(Mathematics.exp(-1e30f)).isZero();
    assertThat(Mathematics.exp(89f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Mathematics.exp(88.7f)).isFinite();
    assertThat(Mathematics.exp(Float.NaN)).isNaN();
    assertThat(Mathematics.tanh(infinity)).isEqualTo(1);
    assertThat(Mathematics.tanh(-1e30f)).isEqualTo(-1);
    assertThat(Mathematics.tanh(0.0)).isZero();
    assertThat(Mathematics.tanh(Double.NaN)).isNaN();
  }
}
