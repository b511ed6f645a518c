package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.Algebra;
import dev.retain.compiler.tensor.Function;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Exact arithmetic at one random point of finite fields. Values are residues modulo a prime p,
 * exponents and angles residues modulo a prime q that divides p - 1. exp(x) is omega^x for an omega
 * of order q, so exp(a + b) = exp(a) exp(b), gamma^(n - m), products of rotations and logarithms
 * hold exactly. Other functions are drawn at random for each argument: what is equal for every such
 * choice is equal for the real function, too.
 */
final class FiniteField implements Algebra<FieldNumber> {
  /** The prime that values are residues of: 4 q + 1, so that -1 has a square root. */
  static final Modulus VALUES = new Modulus(4611686018427386309L);

  /** The prime that exponents are residues of. */
  static final Modulus EXPONENTS = new Modulus(1152921504606846577L);

  // A fourth power, so of order q; nobody knows the logarithm of a literal to this base.
  private static final Powers OMEGA = new Powers(VALUES.power(VALUES.of(3141592653589793239L), 4));

  // p is 5 modulo 8, so 2 is no square.
  private static final long ROOT_OF_MINUS_ONE =
      VALUES.power(VALUES.of(2), (VALUES.modulus() - 1) / 4);
  private static final long SMALL = 1 << 10;
  private static final long LARGEST_POWER = 1L << 40;

  private final LongSupplier random;
  private final Products products;
  private final long key;
  private final long angleUnit;
  private final Set<Function> hidden = EnumSet.noneOf(Function.class);

  /** What a product is as an exponent. */
  enum Products {
    /** Any number for each value: exp(a b) is a symbol of its own. */
    SYMBOLS,
    /** The product of its factors: exp(a (b + c)) = exp(a b) exp(a c). */
    EXPANDED
  }

  /**
   * @param random evenly distributed bits
   */
  FiniteField(LongSupplier random, Products products) {
    this.random = random;
    this.products = products;
    this.key = random.getAsLong();
    // An angle is an exponent with a unit of its own, or cos would be cosh.
    this.angleUnit = EXPONENTS.fromBits(random.getAsLong());
  }

  /** The functions that were drawn at random, as far as they were needed. */
  Set<Function> hidden() {
    return hidden;
  }

  /** A number of which nothing is known: a fresh symbol. */
  FieldNumber symbol() {
    return drawn(random.getAsLong(), random.getAsLong(), random.getAsLong(), false);
  }

  /**
   * A large whole number: greater than every position in a block, and otherwise any.
   *
   * @param power what it is as an exponent, which is kept small: a degree depends on it
   */
  FieldNumber large(int power) {
    long number = (1L << 40) + (random.getAsLong() >>> 6);
    return new FieldNumber(VALUES.of(number), EXPONENTS.of(power), Fraction.of(number), true, null);
  }

  @Override
  public FieldNumber number(double value) {
    Optional<Fraction> meant = Fraction.meant(value);
    if (meant.isPresent()) {
      return exact(meant.get());
    }
    if (!Double.isFinite(value)) {
      return FieldNumber.UNDEFINED;
    }
    int scale = Math.getExponent(value) - 52;
    long mantissa = (long) Math.scalb(value, -scale);
    return new FieldNumber(
        VALUES.multiply(VALUES.of(mantissa), VALUES.power(VALUES.of(2), scale)),
        EXPONENTS.multiply(EXPONENTS.of(mantissa), EXPONENTS.power(EXPONENTS.of(2), scale)),
        null,
        value > 0,
        null);
  }

  private static FieldNumber exact(Fraction number) {
    long value = VALUES.of(number.numerator());
    long exponent = EXPONENTS.of(number.numerator());
    if (!number.isWhole()) {
      value = VALUES.multiply(value, VALUES.invert(VALUES.of(number.denominator())));
      exponent = EXPONENTS.multiply(exponent, EXPONENTS.invert(EXPONENTS.of(number.denominator())));
    }
    return new FieldNumber(value, exponent, number, number.sign() > 0, null);
  }

  private static FieldNumber truth(boolean holds) {
    return exact(Fraction.of(holds ? 1 : 0));
  }

  @Override
  public int index(FieldNumber number) {
    if (!number.isWhole()) {
      throw new IllegalArgumentException(number + " is no index");
    }
    return Math.toIntExact(number.exact().numerator());
  }

  @Override
  public FieldNumber add(FieldNumber left, FieldNumber right) {
    if (left.isUndefined() || right.isUndefined()) {
      return FieldNumber.UNDEFINED;
    }
    FieldNumber sum =
        new FieldNumber(
            VALUES.add(left.value(), right.value()),
            EXPONENTS.add(left.exponent(), right.exponent()),
            left.exact() == null || right.exact() == null
                ? null
                : left.exact().plus(right.exact()).orElse(null),
            left.positive() && right.positive(),
            null);
    return left.logs().isEmpty() && right.logs().isEmpty()
        ? sum
        : sum.with(sum(left.logs(), right.logs()));
  }

  private static List<FieldNumber.Log> sum(
      List<FieldNumber.Log> left, List<FieldNumber.Log> right) {
    List<FieldNumber.Log> sum = new ArrayList<>(left);
    for (FieldNumber.Log log : right) {
      int place = 0;
      while (place < sum.size() && sum.get(place).of().value() != log.of().value()) {
        place++;
      }
      if (place == sum.size()) {
        sum.add(log);
        continue;
      }
      long times = sum.get(place).times() + log.times();
      if (times == 0) {
        sum.remove(place);
      } else {
        sum.set(place, new FieldNumber.Log(log.of(), log.exponent(), times));
      }
    }
    return sum;
  }

  @Override
  public FieldNumber multiply(FieldNumber left, FieldNumber right) {
    if (left.isUndefined() || right.isUndefined()) {
      return FieldNumber.UNDEFINED;
    }
    long value = VALUES.multiply(left.value(), right.value());
    boolean isSymbol =
        products == Products.SYMBOLS && left.exact() == null && right.exact() == null && value != 0;
    FieldNumber product =
        new FieldNumber(
            value,
            isSymbol ? exponentOf(value) : EXPONENTS.multiply(left.exponent(), right.exponent()),
            left.exact() == null || right.exact() == null
                ? null
                : left.exact().times(right.exact()).orElse(null),
            left.positive() && right.positive(),
            () -> add(log(left), log(right)));
    if (left.logs().isEmpty() && right.logs().isEmpty()) {
      return product;
    }
    if (isFactor(left)) {
      return product.with(times(right.logs(), left.exact().numerator()));
    }
    if (isFactor(right)) {
      return product.with(times(left.logs(), right.exact().numerator()));
    }
    hidden.add(Function.LOG);
    return product;
  }

  private static boolean isFactor(FieldNumber number) {
    return number.isWhole() && Math.abs(number.exact().numerator()) < 1 << 20;
  }

  private static List<FieldNumber.Log> times(List<FieldNumber.Log> logs, long factor) {
    return factor == 0
        ? List.of()
        : logs.stream()
            .map(log -> new FieldNumber.Log(log.of(), log.exponent(), log.times() * factor))
            .toList();
  }

  private FieldNumber subtract(FieldNumber left, FieldNumber right) {
    return add(left, negate(right));
  }

  private FieldNumber negate(FieldNumber number) {
    if (number.isUndefined()) {
      return number;
    }
    return new FieldNumber(
            VALUES.negate(number.value()),
            EXPONENTS.negate(number.exponent()),
            number.exact() == null ? null : number.exact().negated(),
            number.exact() != null && number.exact().sign() < 0,
            null)
        .with(times(number.logs(), -1));
  }

  private FieldNumber divide(FieldNumber left, FieldNumber right) {
    if (left.isUndefined() || right.isUndefined() || right.value() == 0) {
      return FieldNumber.UNDEFINED;
    }
    long value = VALUES.invert(right.value());
    FieldNumber inverse =
        new FieldNumber(
            value,
            products == Products.SYMBOLS && right.exact() == null
                ? exponentOf(value)
                : EXPONENTS.invert(right.exponent()),
            right.exact() == null ? null : right.exact().inverse(),
            right.positive(),
            () -> negate(log(right)));
    return multiply(left, inverse);
  }

  @Override
  public FieldNumber apply(Function function, List<FieldNumber> x) {
    if (function == Function.SELECT) {
      return select(x.get(0), x.get(1), x.get(2));
    }
    if (function == Function.EQUAL) {
      return truth(!x.get(0).isUndefined() && x.get(0).value() == x.get(1).value());
    }
    for (FieldNumber operand : x) {
      if (operand.isUndefined()) {
        return FieldNumber.UNDEFINED;
      }
    }
    return switch (function) {
      case ADD -> add(x.get(0), x.get(1));
      case SUBTRACT -> subtract(x.get(0), x.get(1));
      case MULTIPLY -> multiply(x.get(0), x.get(1));
      case DIVIDE -> divide(x.get(0), x.get(1));
      case POWER -> power(settled(x.get(0)), settled(x.get(1)));
      case NEGATE -> negate(x.get(0));
      case EXP -> exp(x.get(0));
      case LOG -> settled(x.get(0)).isExactly(0) ? FieldNumber.UNDEFINED : log(settled(x.get(0)));
      case SQRT -> root(settled(x.get(0)));
      case ERF -> odd(Function.ERF, x.get(0));
      case TANH -> tanh(x.get(0));
      case SIN -> turned(x.get(0), true);
      case COS -> turned(x.get(0), false);
      case ABS -> absolute(settled(x.get(0)));
      case MAX -> maximum(settled(x.get(0)), settled(x.get(1)));
      case MIN -> negate(maximum(negate(settled(x.get(0))), negate(settled(x.get(1)))));
      case LESS -> less(settled(x.get(0)), settled(x.get(1)), false);
      case LESS_OR_EQUAL -> less(settled(x.get(0)), settled(x.get(1)), true);
      case ROUND, STOP_GRADIENT -> x.get(0);
      case EQUAL -> throw new AssertionError(function);
      case SELECT -> throw new AssertionError(function);
    };
  }

  /** A sum that comes out as a small whole number is that number: 1 + 0 * x, say. */
  private static FieldNumber settled(FieldNumber number) {
    if (number.exact() != null) {
      return number;
    }
    long residue = VALUES.number(number.value());
    long whole = residue > VALUES.modulus() / 2 ? residue - VALUES.modulus() : residue;
    return Math.abs(whole) < SMALL ? exact(Fraction.of(whole)) : number;
  }

  private FieldNumber exp(FieldNumber number) {
    if (number.value() == 0) {
      return truth(true);
    }
    long exponent = number.exponent();
    long others = VALUES.one();
    for (FieldNumber.Log log : number.logs()) {
      exponent =
          EXPONENTS.subtract(
              exponent, EXPONENTS.multiply(EXPONENTS.of(log.times()), log.exponent()));
      others = VALUES.multiply(others, VALUES.power(log.of().value(), log.times()));
    }
    long value = VALUES.multiply(OMEGA.power(EXPONENTS.number(exponent)), others);
    return new FieldNumber(value, exponentOf(value), null, true, () -> number);
  }

  private FieldNumber log(FieldNumber number) {
    if (number.logarithm() != null) {
      return number.logarithm().get();
    }
    if (number.isExactly(1)) {
      return exact(Fraction.of(0));
    }
    long bits = hash(Function.LOG, number.value());
    long exponent = EXPONENTS.fromBits(mix(bits + 1));
    return new FieldNumber(VALUES.fromBits(mix(bits + 2)), exponent, null, false, null)
        .with(List.of(new FieldNumber.Log(number, exponent, 1)));
  }

  private FieldNumber power(FieldNumber base, FieldNumber exponent) {
    if (exponent.isWhole()) {
      long times = EXPONENTS.number(exponent.exponent());
      times -= times > EXPONENTS.modulus() / 2 ? EXPONENTS.modulus() : 0;
      if (Math.abs(times) < LARGEST_POWER) {
        return wholePower(base, exponent, times);
      }
    }
    if (base.isExactly(1)) {
      return base;
    }
    if (base.value() == 0) {
      return FieldNumber.UNDEFINED;
    }
    if (exponent.exact() != null && exponent.exact().denominator() == 2) {
      return power(root(base), exact(Fraction.of(exponent.exact().numerator())));
    }
    return exp(multiply(exponent, log(base)));
  }

  private FieldNumber wholePower(FieldNumber base, FieldNumber exponent, long times) {
    if (times == 0) {
      return truth(true);
    }
    if (base.value() == 0) {
      return times < 0 ? FieldNumber.UNDEFINED : base;
    }
    Fraction exact = null;
    if (base.exact() != null && Math.abs(times) <= Long.SIZE) {
      Optional<Fraction> product = Optional.of(Fraction.of(1));
      Fraction factor = times < 0 ? base.exact().inverse() : base.exact();
      for (long i = 0; i < Math.abs(times); i++) {
        product = product.flatMap(p -> p.times(factor));
      }
      exact = product.orElse(null);
    }
    long value = VALUES.power(base.value(), times);
    return new FieldNumber(
        value,
        products == Products.SYMBOLS && base.exact() == null && times != 1
            ? exponentOf(value)
            : EXPONENTS.power(base.exponent(), times),
        exact,
        base.positive() || exact != null && exact.sign() > 0,
        () -> multiply(exponent, log(base)));
  }

  private FieldNumber root(FieldNumber number) {
    if (number.exact() != null) {
      if (number.exact().sign() < 0) {
        return FieldNumber.UNDEFINED;
      }
      Optional<Fraction> root = number.exact().root();
      if (root.isPresent()) {
        return exact(root.get());
      }
    }
    // Of a number that may be negative the root is no power: sqrt(x^2) is not x.
    if (number.positive() && number.logarithm() != null) {
      FieldNumber log = log(number);
      if (log.logs().isEmpty()) {
        return exp(multiply(exact(new Fraction(1, 2)), log));
      }
    }
    return drawn(Function.SQRT, true, number.value());
  }

  private FieldNumber tanh(FieldNumber number) {
    FieldNumber square = exp(add(number, number));
    FieldNumber one = truth(true);
    return divide(subtract(square, one), add(square, one));
  }

  private FieldNumber turned(FieldNumber angle, boolean sine) {
    if (angle.value() == 0) {
      return truth(!sine);
    }
    long exponent = EXPONENTS.number(EXPONENTS.multiply(angle.exponent(), angleUnit));
    long forth = OMEGA.power(exponent);
    long back = OMEGA.power(EXPONENTS.modulus() - exponent);
    long two = VALUES.of(2);
    long value =
        sine
            ? VALUES.multiply(
                VALUES.subtract(forth, back),
                VALUES.invert(VALUES.multiply(two, ROOT_OF_MINUS_ONE)))
            : VALUES.multiply(VALUES.add(forth, back), VALUES.invert(two));
    return new FieldNumber(value, exponentOf(value), null, false, null);
  }

  private FieldNumber odd(Function function, FieldNumber number) {
    if (number.value() == 0) {
      return number;
    }
    return isNegative(number)
        ? negate(drawn(function, false, VALUES.negate(number.value())))
        : drawn(function, false, number.value());
  }

  /** One of each pair x and -x. */
  private static boolean isNegative(FieldNumber number) {
    return number.value() > VALUES.modulus() / 2;
  }

  private FieldNumber absolute(FieldNumber number) {
    if (number.exact() != null) {
      return number.exact().sign() < 0 ? negate(number) : number;
    }
    if (number.positive() || number.value() == 0) {
      return number;
    }
    return drawn(
        Function.ABS, true, isNegative(number) ? VALUES.negate(number.value()) : number.value());
  }

  private FieldNumber maximum(FieldNumber left, FieldNumber right) {
    if (left.exact() != null && right.exact() != null) {
      return left.exact().compareTo(right.exact()) >= 0 ? left : right;
    }
    TreeSet<Long> values = new TreeSet<>();
    for (FieldNumber number : List.of(left, right)) {
      if (number.largest().isEmpty()) {
        values.add(number.value());
      } else {
        values.addAll(number.largest());
      }
    }
    if (values.size() == 1) {
      return left;
    }
    FieldNumber largest =
        drawn(
            Function.MAX,
            left.positive() || right.positive(),
            values.stream().mapToLong(Long::longValue).toArray());
    return new FieldNumber(
        largest.value(),
        largest.exponent(),
        null,
        largest.positive(),
        largest.logarithm(),
        List.of(),
        List.copyOf(values),
        false);
  }

  private FieldNumber less(FieldNumber left, FieldNumber right, boolean orEqual) {
    if (left.exact() != null && right.exact() != null) {
      int order = left.exact().compareTo(right.exact());
      return truth(order < 0 || orEqual && order == 0);
    }
    FieldNumber difference = subtract(right, left);
    if (difference.value() == 0) {
      return truth(orEqual);
    }
    FieldNumber drawn =
        isNegative(difference)
            ? subtract(truth(true), drawn(Function.LESS, false, VALUES.negate(difference.value())))
            : drawn(Function.LESS, false, difference.value());
    return new FieldNumber(
        drawn.value(), drawn.exponent(), null, false, null, List.of(), List.of(), true);
  }

  private FieldNumber select(FieldNumber asked, FieldNumber chosen, FieldNumber other) {
    if (asked.isUndefined()) {
      return chosen;
    }
    FieldNumber condition = settled(asked);
    if (condition.exact() != null) {
      return condition.exact().sign() != 0 ? chosen : other;
    }
    if (chosen.isUndefined() || other.isUndefined() || chosen.value() == other.value()) {
      return chosen;
    }
    FieldNumber holds =
        condition.truth() ? condition : drawn(Function.SELECT, false, condition.value());
    return add(other, multiply(holds, subtract(chosen, other)));
  }

  private FieldNumber drawn(Function function, boolean positive, long... arguments) {
    hidden.add(function);
    long bits = hash(function, arguments);
    return drawn(mix(bits + 1), mix(bits + 2), mix(bits + 3), positive);
  }

  /** A number whose logarithm is known. */
  private static FieldNumber drawn(long first, long second, long third, boolean positive) {
    long log = EXPONENTS.fromBits(first);
    long logValue = VALUES.fromBits(third);
    return new FieldNumber(
        OMEGA.power(EXPONENTS.number(log)),
        EXPONENTS.fromBits(second),
        null,
        positive,
        () -> new FieldNumber(logValue, log, null, false, null));
  }

  /** What a value is as an exponent that is made by no sums and products: any, but always that. */
  private long exponentOf(long value) {
    return EXPONENTS.fromBits(mix(hash(Function.EXP, value)));
  }

  private long hash(Function function, long... arguments) {
    long bits = mix(key ^ function.name().hashCode());
    for (long argument : arguments) {
      bits = mix(bits + argument);
    }
    return bits;
  }

  private long mix(long bits) {
    long mixed = bits + 0x9E3779B97F4A7C15L ^ key;
    mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }

  /** Powers of one residue, by a table of those of each byte. */
  private static final class Powers {
    private final long[][] bytes = new long[Long.BYTES][256];

    Powers(long base) {
      long unit = base;
      for (long[] powers : bytes) {
        powers[0] = VALUES.one();
        for (int i = 1; i < powers.length; i++) {
          powers[i] = VALUES.multiply(powers[i - 1], unit);
        }
        unit = VALUES.multiply(powers[255], unit);
      }
    }

    long power(long exponent) {
      long result = VALUES.one();
      for (int i = 0; i < bytes.length; i++) {
        result = VALUES.multiply(result, bytes[i][(int) (exponent >>> 8 * i) & 255]);
      }
      return result;
    }
  }
}
