package dev.retain.runtime.program;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A learned tensor.
 *
 * @param storage how its numbers lie in memory
 */
public record ParameterDescription(
    String path, List<Long> shape, List<String> axes, Initial initial, Storage storage)
    implements TensorDescription {
  // No other tensor has such a path: a model names a layer or a parameter by a word once.
  private static final String SCALE = ".scale";

  public ParameterDescription {
    shape = List.copyOf(shape);
    axes = List.copyOf(axes);
    TensorDescription.check(path, shape, axes);
    if (storage instanceof Storage.Int8(List<Integer> scaled, int rows)
        && !IntStream.range(0, axes.size()).boxed().toList().containsAll(scaled)) {
      throw new IllegalArgumentException(path + " has no dimensions " + scaled);
    }
    if (storage.rows() < 0
        || storage.rows() > 0
            && (storage.rows() >= axes.size() || columns(shape, storage) % storage.block() != 0)) {
      throw new IllegalArgumentException(path + " does not lie in blocks of columns: " + storage);
    }
  }

  /** A parameter that is stored in the type that the model computes in. */
  public ParameterDescription(String path, List<Long> shape, List<String> axes, Initial initial) {
    this(path, shape, axes, initial, new Storage.Real());
  }

  private static long columns(List<Long> shape, Storage storage) {
    return shape.stream().skip(storage.rows()).reduce(1L, Math::multiplyExact);
  }

  /** The shape in memory: its own, or blocks, rows and the columns of a block. */
  public long[] storedShape() {
    if (storage.rows() == 0) {
      return shapeAfter();
    }
    long columns = columns(shape, storage);
    return new long[] {columns / storage.block(), size() / columns, storage.block()};
  }

  /** Whether it lies in memory as its shape says, in the type that the model computes in. */
  public boolean isPlain() {
    return !isSmall() && storage.rows() == 0;
  }

  /** Whether its numbers are rounded to fewer bytes than the model computes with. */
  public boolean isSmall() {
    return !(storage instanceof Storage.Real);
  }

  /** The path of the scales of a parameter that is stored in whole numbers. */
  public static String scalePath(String path) {
    return path + SCALE;
  }

  /** What its stored numbers are to be multiplied with, if it is stored in whole numbers. */
  public Optional<ParameterDescription> scale() {
    return storage instanceof Storage.Int8(List<Integer> scaled, int rows)
        ? Optional.of(
            new ParameterDescription(
                scalePath(path),
                scaled.stream().map(shape::get).toList(),
                scaled.stream().map(axes::get).toList(),
                new Initial.Fill(1)))
        : Optional.empty();
  }
}
