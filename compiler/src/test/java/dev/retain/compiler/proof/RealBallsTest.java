package dev.retain.compiler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.tensor.Function;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RealBallsTest {
  private static Ball apply(Function function, Ball... x) {
    return RealBalls.INSTANCE.apply(function, List.of(x));
  }

  private static Ball number(double value) {
    return RealBalls.INSTANCE.number(value);
  }

  /** Digits from tables. */
  @ParameterizedTest
  @CsvSource({
    "EXP, 1, 2.7182818284590452353602874713526624977572470937",
    "EXP, -3, 0.049787068367863942979342415650061776631699592188",
    "LOG, 2, 0.69314718055994530941723212145817656807550013436",
    "LOG, 1000, 6.9077552789821370520539743640530926228033044659",
    "SQRT, 2, 1.4142135623730950488016887242096980785696718754",
    "SIN, 1, 0.84147098480789650665250232163029899962256306080",
    "COS, 1, 0.54030230586813971740093660744297660373231042062",
    "SIN, 100, -0.50636564110975879365655761045978543206503272129",
    "TANH, 1, 0.76159415595576488811945828260479359041276859726",
    "ERF, 1, 0.84270079294971486934122063508260925929606699797",
    "ERF, 5, 0.99999999999846254020557196514981165651461662110"
  })
  void functionsAreRightToManyDigits(Function function, double x, BigDecimal expected) {
    Ball ball = apply(function, number(x));
    MathContext digits = new MathContext(45);
    assertThat(ball.value().round(digits)).isEqualByComparingTo(expected.round(digits));
    assertThat(ball.radius()).isBetween(1e-52, 1e-46);
  }

  @Test
  void theErrorIsBounded() {
    // Thirds summed, multiplied and rooted: far more roundings than digits kept would hide.
    Ball third = apply(Function.DIVIDE, number(1), number(3));
    Ball sum = number(0);
    for (int i = 0; i < 300; i++) {
      sum = RealBalls.INSTANCE.add(sum, third);
    }
    assertThat(sum.touches(number(100))).isTrue();
    Ball power = number(1);
    Ball root = apply(Function.SQRT, number(2));
    for (int i = 0; i < 40; i++) {
      power = RealBalls.INSTANCE.multiply(power, root);
    }
    assertThat(power.touches(number(1 << 20))).isTrue();
    assertThat(power.radius()).isLessThan(1e-38);
    assertThat(power.touches(number((1 << 20) + 1e-6))).isFalse();
  }

  @Test
  void literalsMeanWhatWasWritten() {
    assertThat(Fraction.meant(0.1)).contains(new Fraction(1, 10));
    assertThat(Fraction.meant(0.1 * 3)).contains(new Fraction(3, 10));
    assertThat(Fraction.meant(1.0 / 3)).contains(new Fraction(1, 3));
    assertThat(Fraction.meant(-1e-6)).contains(new Fraction(-1, 1_000_000));
    assertThat(Fraction.meant(31.0 / 32)).contains(new Fraction(31, 32));
    assertThat(Fraction.meant(Math.PI)).isEmpty();
    assertThat(Fraction.meant(Double.NaN)).isEmpty();
  }

  @Test
  void whatIsNoNumberIsUndefined() {
    assertThat(apply(Function.LOG, number(-1)).isUndefined()).isTrue();
    assertThat(apply(Function.SQRT, number(-1)).isUndefined()).isTrue();
    assertThat(apply(Function.DIVIDE, number(1), number(0)).isUndefined()).isTrue();
    assertThat(apply(Function.POWER, number(0), number(0)).value()).isEqualByComparingTo("1");
    assertThat(apply(Function.POWER, number(-2), number(3)).value()).isEqualByComparingTo("-8");
    assertThat(apply(Function.POWER, number(-2), number(0.5)).isUndefined()).isTrue();
  }
}
