package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.Algebra;
import dev.retain.compiler.tensor.Function;
import java.util.List;

/** The degrees of what {@link FiniteField} computes, by which the odds of a mistake are bounded. */
final class Degrees implements Algebra<Degree> {
  private final FiniteField.Products products;
  private double draws;
  private double height = 1;
  private boolean linear = true;

  Degrees(FiniteField.Products products) {
    this.products = products;
  }

  /** Whether every exponent is a sum of symbols with rational factors. */
  boolean isLinear() {
    return linear;
  }

  /**
   * The least power of two above the number of ways in which a point can be misleading, of all ways
   * that {@link FiniteField#EXPONENTS} allows.
   *
   * @param difference the degree of a difference of two results
   */
  double ways(double difference) {
    // Powers reach from minus the degree to the degree, and two arguments of a function may
    // collide.
    return 2 * (difference + draws * draws * height);
  }

  /** A large whole number: see {@link FiniteField#large}. */
  static Degree large(int power) {
    return new Degree(1, 0, power, 1, Fraction.of(1L << 41));
  }

  @Override
  public Degree number(double value) {
    return Fraction.meant(value)
        .map(Degree::of)
        .orElse(
            Double.isFinite(value)
                ? new Degree(0, 0, Math.abs(value), 0x1p52, null)
                : Degree.UNDEFINED);
  }

  @Override
  public int index(Degree number) {
    return Math.toIntExact(number.exact().numerator());
  }

  @Override
  public Degree add(Degree left, Degree right) {
    return left.isUndefined() || right.isUndefined()
        ? Degree.UNDEFINED
        : new Degree(
            left.difference(right),
            left.bottom() + right.bottom(),
            left.reach() + right.reach(),
            left.unit() == right.unit() ? left.unit() : left.unit() * right.unit(),
            left.exact() == null || right.exact() == null
                ? null
                : left.exact().plus(right.exact()).orElse(null));
  }

  @Override
  public Degree multiply(Degree left, Degree right) {
    if (isZero(left) && !right.isUndefined() || isZero(right) && !left.isUndefined()) {
      return Degree.of(Fraction.of(0));
    }
    boolean isSymbol = left.exact() == null && right.exact() == null;
    if (isSymbol && products == FiniteField.Products.EXPANDED) {
      return new Degree(
          left.top() + right.top(),
          left.bottom() + right.bottom(),
          Double.POSITIVE_INFINITY,
          1,
          null);
    }
    return left.isUndefined() || right.isUndefined()
        ? Degree.UNDEFINED
        : new Degree(
            left.top() + right.top(),
            left.bottom() + right.bottom(),
            isSymbol ? 1 : left.reach() * right.reach(),
            isSymbol ? 1 : left.unit() * right.unit(),
            left.exact() == null || right.exact() == null
                ? null
                : left.exact().times(right.exact()).orElse(null));
  }

  /** What a product, or a quotient, reaches as an exponent. */
  private double ofProduct() {
    return products == FiniteField.Products.SYMBOLS ? 1 : Double.POSITIVE_INFINITY;
  }

  private static boolean isZero(Degree x) {
    return x.exact() != null && x.exact().sign() == 0;
  }

  private Degree inverse(Degree x) {
    return x.exact() != null
        ? x.exact().sign() == 0 ? Degree.UNDEFINED : Degree.of(x.exact().inverse())
        : x.isUndefined() ? x : new Degree(x.bottom(), x.top(), ofProduct(), 1, null);
  }

  @Override
  public Degree apply(Function function, List<Degree> x) {
    Degree first = x.getFirst();
    Degree last = x.getLast();
    if (function == Function.SELECT) {
      return select(first, x.get(1), last);
    }
    if (x.stream().anyMatch(Degree::isUndefined)) {
      return Degree.UNDEFINED;
    }
    boolean exact = x.stream().allMatch(number -> number.exact() != null);
    return switch (function) {
      case ADD, SUBTRACT -> add(first, function == Function.ADD ? last : negate(last));
      case MULTIPLY -> multiply(first, last);
      case DIVIDE -> multiply(first, inverse(last));
      case POWER -> power(first, last);
      case NEGATE -> negate(first);
      case EXP -> exp(first);
      case LOG -> new Degree(1, 0, first.top() + first.bottom() + 1, 1, null);
      case SQRT -> {
        Degree drawn = drawn(first);
        yield new Degree(1 + first.height(), first.height(), drawn.reach(), 1, null);
      }
      case TANH -> {
        Degree square = exp(add(first, first));
        yield new Degree(square.top() + 1, square.top() + 1, ofProduct(), 1, null);
      }
      case SIN, COS -> exp(first);
      case ERF -> drawn(first);
      case ABS -> exact ? magnitude(first) : drawn(first);
      case MAX -> exact ? (less(first, last, false) ? last : first) : drawn(first, last);
      case MIN -> exact ? (less(first, last, false) ? first : last) : drawn(first, last);
      case LESS -> exact ? truth(less(first, last, false)) : drawn(first, last);
      case LESS_OR_EQUAL -> exact ? truth(less(first, last, true)) : drawn(first, last);
      case EQUAL -> exact ? truth(first.exact().equals(last.exact())) : drawn(first, last);
      case ROUND, STOP_GRADIENT -> first;
      case SELECT -> throw new AssertionError(function);
    };
  }

  private static boolean less(Degree left, Degree right, boolean orEqual) {
    int order = left.exact().compareTo(right.exact());
    return order < 0 || orEqual && order == 0;
  }

  private static Degree truth(boolean holds) {
    return Degree.of(Fraction.of(holds ? 1 : 0));
  }

  private static Degree negate(Degree x) {
    return new Degree(
        x.top(), x.bottom(), x.reach(), x.unit(), x.exact() == null ? null : x.exact().negated());
  }

  private static Degree magnitude(Degree x) {
    return x.exact().sign() < 0 ? negate(x) : x;
  }

  private Degree exp(Degree x) {
    // Exponents that are symbols of their own are drawn for each value, and two may collide.
    draws++;
    height = Math.max(height, 2 * x.height());
    if (!Double.isFinite(x.reach())) {
      linear = false;
      return Degree.SYMBOL;
    }
    return new Degree(x.reach() * x.unit(), 0, 1, 1, null);
  }

  private Degree power(Degree base, Degree exponent) {
    if (exponent.exact() != null && exponent.exact().isWhole()) {
      double times = exponent.reach();
      if (base.exact() != null && exponent.top() == 0) {
        return new Degree(0, 0, ofProduct(), 1, null);
      }
      double degree = Math.max(1, base.height()) * times;
      return new Degree(
          degree,
          exponent.exact().sign() < 0 || base.bottom() > 0 || exponent.top() > 0 ? degree : 0,
          times == 1 ? base.reach() : ofProduct(),
          times == 1 ? base.unit() : 1,
          null);
    }
    return exp(multiply(exponent, new Degree(1, 0, base.top() + base.bottom() + 1, 1, null)));
  }

  private Degree select(Degree condition, Degree chosen, Degree other) {
    if (condition.isUndefined()) {
      return chosen;
    }
    if (condition.exact() != null) {
      return condition.exact().sign() != 0 ? chosen : other;
    }
    if (chosen.isUndefined() || other.isUndefined()) {
      return chosen;
    }
    Degree mixed = add(chosen, other);
    return new Degree(mixed.top() + 1, mixed.bottom(), mixed.reach(), mixed.unit(), null);
  }

  private Degree drawn(Degree... arguments) {
    draws++;
    for (Degree argument : arguments) {
      height = Math.max(height, 2 * argument.height());
    }
    return Degree.SYMBOL;
  }
}
