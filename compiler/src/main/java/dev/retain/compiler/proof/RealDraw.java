package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.Algebra;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Small rational numbers, in the order in which they are asked for. */
final class RealDraw implements Draw<Ball> {
  /** Which numbers may be negative. */
  enum Signs {
    /** Inputs of a step and states: constants and parameters may be decays. */
    STEPS,
    ALL,
    NONE
  }

  private static final Fraction[] SIZES = {
    new Fraction(1, 2),
    new Fraction(1, 3),
    new Fraction(2, 3),
    new Fraction(1, 4),
    new Fraction(3, 4),
    new Fraction(2, 5)
  };
  private static final int POSITIONS = 20;

  // A difference below this comes of literals that were rounded to float64.
  private static final double TOLERANCE = 1e-12;

  private final SplittableRandom random;
  private final Signs signs;
  private final FieldDraw.Zeros zeros;
  private final List<Fraction> given;
  private final List<Fraction> drawn = new ArrayList<>();
  private final List<Boolean> unchanging = new ArrayList<>();
  private int inputs;

  /**
   * @param given the numbers to begin with
   */
  RealDraw(long seed, Signs signs, FieldDraw.Zeros zeros, List<Fraction> given) {
    this.random = new SplittableRandom(seed);
    this.signs = signs;
    this.zeros = zeros;
    this.given = List.copyOf(given);
  }

  /** All numbers that were asked for, in order. */
  List<Fraction> drawn() {
    return drawn;
  }

  /** For each of these numbers whether it belongs to an input that is the same at every step. */
  List<Boolean> unchanging() {
    return unchanging;
  }

  @Override
  public Algebra<Ball> algebra() {
    return RealBalls.INSTANCE;
  }

  @Override
  public Ball input(RecurrenceCall.Input input) {
    unchanging.add(input.role() != Role.IN);
    return number(
        signs == Signs.ALL || signs == Signs.STEPS && input.role() == Role.IN,
        zeros.isZero(input.role(), inputs++));
  }

  @Override
  public Ball state() {
    unchanging.add(false);
    return number(signs != Signs.NONE, false);
  }

  private Ball number(boolean anySign, boolean zero) {
    Fraction size = zero ? Fraction.of(0) : SIZES[random.nextInt(SIZES.length)];
    Fraction fresh = anySign && random.nextBoolean() ? size.negated() : size;
    Fraction number = drawn.size() < given.size() ? given.get(drawn.size()) : fresh;
    drawn.add(number);
    return RealBalls.of(number);
  }

  @Override
  public Ball position() {
    return algebra().number(1 + random.nextInt(POSITIONS));
  }

  @Override
  public int row(int rows) {
    return random.nextInt(rows);
  }

  @Override
  public boolean same(Ball left, Ball right) {
    double size = Math.max(1, Math.max(left.magnitude(), right.magnitude()));
    return left.touches(right)
        || left.value().subtract(right.value()).abs().doubleValue() <= TOLERANCE * size;
  }

  @Override
  public boolean isUndefined(Ball number) {
    return number.isUndefined();
  }
}
