package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.Algebra;
import dev.retain.compiler.tensor.Function;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** Real numbers to 50 digits, each with a bound of its error. */
enum RealBalls implements Algebra<Ball> {
  INSTANCE;

  private static final double LARGEST_EXPONENT = 600;
  private static final long LARGEST_POWER = 1 << 20;
  private static final Ball ONE = of(BigDecimal.ONE);
  private static final Ball ZERO = of(BigDecimal.ZERO);

  static Ball of(BigDecimal exact) {
    return new Ball(exact, 0);
  }

  static Ball of(Fraction fraction) {
    BigDecimal numerator = BigDecimal.valueOf(fraction.numerator());
    return fraction.isWhole()
        ? of(numerator)
        : Ball.around(Decimals.divide(numerator, BigDecimal.valueOf(fraction.denominator())), 0);
  }

  @Override
  public Ball number(double value) {
    if (!Double.isFinite(value)) {
      return Ball.UNDEFINED;
    }
    Optional<Fraction> meant = Fraction.meant(value);
    return meant.isPresent() ? of(meant.get()) : of(new BigDecimal(value));
  }

  @Override
  public Ball add(Ball left, Ball right) {
    return left.isUndefined() || right.isUndefined()
        ? Ball.UNDEFINED
        : Ball.around(left.value().add(right.value()), left.radius() + right.radius());
  }

  @Override
  public Ball multiply(Ball left, Ball right) {
    return left.isUndefined() || right.isUndefined()
        ? Ball.UNDEFINED
        : Ball.around(
            left.value().multiply(right.value()),
            left.magnitude() * right.radius()
                + right.magnitude() * left.radius()
                + left.radius() * right.radius());
  }

  @Override
  public int index(Ball number) {
    return number.value().intValueExact();
  }

  @Override
  public Ball apply(Function function, List<Ball> x) {
    if (function == Function.SELECT) {
      Ball condition = x.get(0);
      return condition.isUndefined() || condition.value().signum() != 0 ? x.get(1) : x.get(2);
    }
    if (x.stream().anyMatch(Ball::isUndefined)) {
      return function == Function.EQUAL ? ZERO : Ball.UNDEFINED;
    }
    Ball first = x.getFirst();
    Ball last = x.getLast();
    return switch (function) {
      case ADD -> add(first, last);
      case SUBTRACT -> add(first, negate(last));
      case MULTIPLY -> multiply(first, last);
      case DIVIDE -> divide(first, last);
      case POWER -> power(first, last);
      case NEGATE -> negate(first);
      case EXP -> exp(first);
      case LOG -> log(first);
      case SQRT -> sqrt(first);
      case ERF -> Ball.around(Decimals.erf(first.value()), 1.2 * first.radius());
      case TANH -> Ball.around(Decimals.tanh(first.value()), first.radius());
      case SIN -> Ball.around(Decimals.sin(first.value()), first.radius());
      case COS -> Ball.around(Decimals.cos(first.value()), first.radius());
      case ABS -> new Ball(first.value().abs(), first.radius());
      case MAX -> first.value().compareTo(last.value()) >= 0 ? first : last;
      case MIN -> first.value().compareTo(last.value()) <= 0 ? first : last;
      case LESS -> first.value().compareTo(last.value()) < 0 ? ONE : ZERO;
      case LESS_OR_EQUAL -> first.value().compareTo(last.value()) <= 0 ? ONE : ZERO;
      case EQUAL -> first.value().compareTo(last.value()) == 0 ? ONE : ZERO;
      case ROUND, STOP_GRADIENT -> first;
      case SELECT -> throw new AssertionError(function);
    };
  }

  private static Ball negate(Ball x) {
    return new Ball(x.value().negate(), x.radius());
  }

  private Ball divide(Ball left, Ball right) {
    return right.magnitude() <= right.radius() || right.value().signum() == 0
        ? Ball.UNDEFINED
        : multiply(left, inverse(right));
  }

  private static Ball inverse(Ball x) {
    double least = x.magnitude() - x.radius();
    return Ball.around(
        Decimals.divide(BigDecimal.ONE, x.value()), x.radius() / x.magnitude() / least);
  }

  private static Ball exp(Ball x) {
    if (x.magnitude() > LARGEST_EXPONENT) {
      return x.value().signum() < 0 ? new Ball(BigDecimal.ZERO, 1e-260) : Ball.UNDEFINED;
    }
    BigDecimal power = Decimals.exp(x.value());
    return Ball.around(power, power.doubleValue() * Math.expm1(x.radius()));
  }

  private static Ball log(Ball x) {
    double least = x.value().doubleValue() - x.radius();
    return least <= 0 ? Ball.UNDEFINED : Ball.around(Decimals.log(x.value()), x.radius() / least);
  }

  private static Ball sqrt(Ball x) {
    if (x.value().signum() == 0 && x.radius() == 0) {
      return x;
    }
    double least = x.value().doubleValue() - x.radius();
    return least <= 0
        ? Ball.UNDEFINED
        : Ball.around(Decimals.sqrt(x.value()), x.radius() / Math.sqrt(least));
  }

  private Ball power(Ball base, Ball exponent) {
    boolean whole = exponent.radius() == 0 && exponent.value().stripTrailingZeros().scale() <= 0;
    if (whole && exponent.magnitude() < LARGEST_POWER) {
      int times = exponent.value().intValueExact();
      if (times < 0 && base.magnitude() <= base.radius()) {
        return Ball.UNDEFINED;
      }
      return power(times < 0 ? inverse(base) : base, Math.abs(times));
    }
    if (base.value().signum() == 0 && base.radius() == 0) {
      return exponent.value().signum() > 0 ? ZERO : Ball.UNDEFINED;
    }
    Ball log = log(base);
    return log.isUndefined() ? log : exp(multiply(exponent, log));
  }

  private Ball power(Ball base, int times) {
    Ball result = ONE;
    Ball square = base;
    for (int rest = times; rest > 0 && !result.isUndefined(); rest >>= 1) {
      if ((rest & 1) != 0) {
        result = multiply(result, square);
      }
      square = rest > 1 ? multiply(square, square) : square;
    }
    return result;
  }
}
