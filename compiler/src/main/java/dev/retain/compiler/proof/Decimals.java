package dev.retain.compiler.proof;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Functions of decimal numbers, right to within {@link #ROUNDING} of their size. */
final class Decimals {
  static final MathContext KEPT = new MathContext(50, RoundingMode.HALF_EVEN);
  static final double ROUNDING = 1e-48;

  private static final MathContext WORK = new MathContext(75, RoundingMode.HALF_EVEN);
  // The series of erf cancels e^(x^2) against its largest term.
  private static final MathContext WIDE = new MathContext(140, RoundingMode.HALF_EVEN);
  private static final BigDecimal TINY = new BigDecimal(BigInteger.ONE, 100);
  private static final BigDecimal TWO = BigDecimal.TWO;
  private static final int HALVINGS = 12;
  private static final int ERF_IS_ONE = 12;

  static final BigDecimal PI =
      new BigDecimal(
          "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803"
              + "4825342117067982148086513282306647");

  private Decimals() {}

  static BigDecimal exp(BigDecimal x) {
    int halvings = HALVINGS + Math.max(0, x.precision() - x.scale()) * 4;
    BigDecimal small = x.divide(new BigDecimal(BigInteger.TWO.pow(halvings)), WIDE);
    BigDecimal term = BigDecimal.ONE;
    BigDecimal sum = BigDecimal.ONE;
    for (int n = 1; term.signum() != 0 && term.abs().compareTo(TINY) > 0; n++) {
      term = term.multiply(small, WIDE).divide(BigDecimal.valueOf(n), WIDE);
      sum = sum.add(term, WIDE);
    }
    for (int i = 0; i < halvings; i++) {
      sum = sum.multiply(sum, WIDE);
    }
    return sum;
  }

  /** Of a positive number, by Halley's iteration from float64's logarithm. */
  static BigDecimal log(BigDecimal x) {
    int digits = x.precision() - x.scale();
    BigDecimal mantissa = x.scaleByPowerOfTen(-digits);
    BigDecimal log = natural(mantissa);
    return digits == 0
        ? log
        : log.add(natural(BigDecimal.TEN).multiply(BigDecimal.valueOf(digits)), WORK);
  }

  private static BigDecimal natural(BigDecimal x) {
    BigDecimal log = BigDecimal.valueOf(Math.log(x.doubleValue()));
    for (int i = 0; i < 2; i++) {
      BigDecimal power = exp(log);
      BigDecimal step = TWO.multiply(x.subtract(power, WIDE)).divide(x.add(power, WIDE), WIDE);
      log = log.add(step, WIDE);
    }
    return log;
  }

  static BigDecimal sin(BigDecimal x) {
    return turned(x, x, 1);
  }

  static BigDecimal cos(BigDecimal x) {
    return turned(x, BigDecimal.ONE, 0);
  }

  /** The Taylor series that begins with a term of the given power. */
  private static BigDecimal turned(BigDecimal x, BigDecimal first, int power) {
    BigDecimal turn = TWO.multiply(PI);
    BigDecimal turns = x.divide(turn, 0, RoundingMode.HALF_EVEN);
    BigDecimal angle = x.subtract(turns.multiply(turn));
    BigDecimal square = angle.multiply(angle, WIDE);
    BigDecimal term = power == 0 ? first : angle;
    BigDecimal sum = term;
    for (int n = power + 1; term.abs().compareTo(TINY) > 0; n += 2) {
      term =
          term.multiply(square, WIDE).divide(BigDecimal.valueOf((long) n * (n + 1)), WIDE).negate();
      sum = sum.add(term, WIDE);
    }
    return sum;
  }

  static BigDecimal tanh(BigDecimal x) {
    if (x.abs().compareTo(BigDecimal.valueOf(100)) > 0) {
      return BigDecimal.valueOf(x.signum());
    }
    BigDecimal square = exp(x.multiply(TWO));
    return square.subtract(BigDecimal.ONE).divide(square.add(BigDecimal.ONE), WORK);
  }

  static BigDecimal erf(BigDecimal x) {
    if (x.abs().compareTo(BigDecimal.valueOf(ERF_IS_ONE)) > 0) {
      return BigDecimal.valueOf(x.signum());
    }
    BigDecimal square = x.multiply(x, WIDE);
    BigDecimal power = x;
    BigDecimal sum = x;
    for (int n = 1; power.abs().compareTo(TINY) > 0; n++) {
      power = power.multiply(square, WIDE).divide(BigDecimal.valueOf(n), WIDE).negate();
      sum = sum.add(power.divide(BigDecimal.valueOf(2L * n + 1), WIDE), WIDE);
    }
    return sum.multiply(TWO).divide(PI.sqrt(WORK), WORK);
  }

  static BigDecimal sqrt(BigDecimal x) {
    return x.sqrt(WORK);
  }

  static BigDecimal divide(BigDecimal left, BigDecimal right) {
    return left.divide(right, WORK);
  }
}
