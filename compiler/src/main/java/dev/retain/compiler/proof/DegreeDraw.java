package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.Algebra;
import dev.retain.compiler.tensor.RecurrenceCall;

/** Degrees in place of the values of {@link FieldDraw}; gathers the largest of a difference. */
final class DegreeDraw implements Draw<Degree> {
  private static final int LARGEST_POSITION = 1 << 20;

  private final Degrees degrees;
  private double largest;

  DegreeDraw(FiniteField.Products products) {
    this.degrees = new Degrees(products);
  }

  @Override
  public Algebra<Degree> algebra() {
    return degrees;
  }

  @Override
  public Degree input(RecurrenceCall.Input input) {
    return Degree.SYMBOL;
  }

  @Override
  public Degree state() {
    return Degree.SYMBOL;
  }

  @Override
  public Degree position() {
    return Degrees.large(LARGEST_POSITION);
  }

  @Override
  public int row(int rows) {
    return 0;
  }

  @Override
  public boolean same(Degree left, Degree right) {
    largest = Math.max(largest, left.difference(right));
    return true;
  }

  @Override
  public boolean isUndefined(Degree number) {
    return number.isUndefined();
  }

  boolean isLinear() {
    return degrees.isLinear();
  }

  /** The odds that a point hides a difference are below 2 to the minus this. */
  int bits() {
    double ways = Math.max(1, degrees.ways(largest));
    double all = FiniteField.EXPONENTS.modulus();
    return (int) Math.floor(Math.log(all / ways) / Math.log(2));
  }
}
