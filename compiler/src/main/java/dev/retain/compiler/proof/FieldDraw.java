package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.Algebra;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import java.util.SplittableRandom;

/** Symbols for everything, at a random point of finite fields. */
final class FieldDraw implements Draw<FieldNumber> {
  /** Which inputs are 0 at some places. */
  enum Zeros {
    NONE,
    UNCHANGING,
    ALL;

    private static final int APART = 3;

    /**
     * @param count how many elements of inputs came before
     */
    boolean isZero(Role role, int count) {
      boolean some =
          switch (this) {
            case NONE -> false;
            case UNCHANGING -> role != Role.IN;
            case ALL -> true;
          };
      return some && count % APART == 1;
    }
  }

  private static final int LEAST_POSITION = 1 << 19;

  private final SplittableRandom random;
  private final FiniteField field;
  private final Zeros zeros;
  private int inputs;

  FieldDraw(long seed, Zeros zeros, FiniteField.Products products) {
    this.random = new SplittableRandom(seed);
    this.field = new FiniteField(random::nextLong, products);
    this.zeros = zeros;
  }

  FiniteField field() {
    return field;
  }

  @Override
  public Algebra<FieldNumber> algebra() {
    return field;
  }

  @Override
  public FieldNumber input(RecurrenceCall.Input input) {
    return zeros.isZero(input.role(), inputs++) ? field.number(0) : field.symbol();
  }

  @Override
  public FieldNumber state() {
    return field.symbol();
  }

  @Override
  public FieldNumber position() {
    return field.large(LEAST_POSITION + random.nextInt(LEAST_POSITION));
  }

  @Override
  public int row(int rows) {
    return random.nextInt(rows);
  }

  @Override
  public boolean same(FieldNumber left, FieldNumber right) {
    return left.value() == right.value();
  }

  @Override
  public boolean isUndefined(FieldNumber number) {
    return number.isUndefined();
  }
}
