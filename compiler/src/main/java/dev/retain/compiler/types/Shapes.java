package dev.retain.compiler.types;

import dev.retain.compiler.tensor.Axis;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Shapes in the words of diagnostics. The sequences and the positions of a form are not part of
 * what people call the shape of a value there.
 */
final class Shapes {
  private Shapes() {}

  /** {@code [head, K]}. */
  static String names(List<Axis> axes) {
    return axes.stream()
        .filter(Axis::isFixed)
        .map(Axis::name)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** {@code [head = 4, K = 64]}. */
  static String sizes(List<Axis> axes) {
    return axes.stream()
        .filter(Axis::isFixed)
        .map(axis -> axis.name() + " = " + axis.extent())
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
