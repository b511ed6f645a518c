package dev.retain.compiler.tensor;

/**
 * An axis of a tensor. Axes are the same when name and extent are the same, so that equal layers
 * give equal graphs; a sum or product matches axes by this identity, never by size.
 */
public record Axis(String name, Extent extent) {
  /** The sequences of a batch. */
  public static final Axis BATCH = new Axis("batch", Extent.Symbol.BATCH);

  /** The steps of a block. */
  public static final Axis TIME = new Axis("time", Extent.Symbol.TIME);

  /** The steps of a block once more: those that a read-out looks back at. */
  public static final Axis SOURCE = new Axis("source", Extent.Symbol.TIME);

  /** The steps of a block under another name again, for forms that sum over several. */
  public static Axis position(int number) {
    return switch (number) {
      case 0 -> TIME;
      case 1 -> SOURCE;
      default -> new Axis("source" + number, Extent.Symbol.TIME);
    };
  }

  public static Axis of(String name, int size) {
    return new Axis(name, new Extent.Fixed(size));
  }

  /** The size of an axis that is neither batch nor time. */
  public int size() {
    return switch (extent) {
      case Extent.Fixed(int size) -> size;
      case Extent.Symbol symbol ->
          throw new IllegalStateException(name + " has no size before the program runs");
    };
  }

  public boolean isFixed() {
    return extent instanceof Extent.Fixed;
  }

  @Override
  public String toString() {
    return isFixed() ? name + ":" + extent : name;
  }
}
