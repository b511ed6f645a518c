package dev.retain.runtime.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Bfloat16Test {
  @Test
  void everyOneIsItself() {
    for (int bits = Short.MIN_VALUE; bits <= Short.MAX_VALUE; bits++) {
      float value = Bfloat16.widened((short) bits);

      assertThat(Float.isNaN(value) || Bfloat16.rounded(value) == (short) bits).isTrue();
    }
  }

  /** 1 + 1/128 is the next one after 1; the others lie between them, half way or a little off. */
  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1.00390625, 1",
    "1.0039064, 1.0078125",
    "1.01171875, 1.015625",
    "1.0117186, 1.0078125",
    "-1.00390625, -1",
    "3.38953139e38, 3.38953139e38",
    "3.4e38, Infinity",
    "-3.4e38, -Infinity",
    "1e-45, 0",
    "NaN, NaN",
    "Infinity, Infinity",
  })
  void halfWayTheEvenOneIsTaken(float value, float rounded) {
    assertThat(Float.compare(Bfloat16.widened(Bfloat16.rounded(value)), rounded)).isZero();
  }

  @Test
  void noneIsNearer() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      float value = (float) (random.nextGaussian() * Math.exp(20 * random.nextGaussian()));
      short bits = Bfloat16.rounded(value);

      BigDecimal distance = distance(bits, value);
      assertThat(distance).isLessThanOrEqualTo(distance((short) (bits + 1), value));
      if ((bits & 0x7fff) != 0) {
        assertThat(distance).isLessThanOrEqualTo(distance((short) (bits - 1), value));
      }
    }
  }

  private static BigDecimal distance(short bits, float value) {
    float one = Bfloat16.widened(bits);
    return new BigDecimal(Float.isFinite(one) ? one : Math.copySign(Float.MAX_VALUE, one))
        .subtract(new BigDecimal(value))
        .abs();
  }
}
