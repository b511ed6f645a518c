package dev.retain.runtime.program;

import java.util.Arrays;
import java.util.List;

/** What a named tensor of a model is, whatever its values. */
public sealed interface TensorDescription
    permits ParameterDescription, ConstantDescription, StateDescription {
  /** Where it stands in the model, such as {@code layers.0.norm.weight}; unique in its kind. */
  String path();

  /** The sizes of its axes, outermost first, without the batch; empty for one number. */
  List<Long> shape();

  /** The names of its axes, in the order of the shape. */
  List<String> axes();

  /** Number of elements, for one sequence. */
  default long size() {
    return shape().stream().reduce(1L, Math::multiplyExact);
  }

  /** The shape with further dimensions before it. */
  default long[] shapeAfter(long... outer) {
    long[] all = Arrays.copyOf(outer, outer.length + shape().size());
    for (int axis = 0; axis < shape().size(); axis++) {
      all[outer.length + axis] = shape().get(axis);
    }
    return all;
  }

  /** Checks what every such description promises. */
  static void check(String path, List<Long> shape, List<String> axes) {
    if (shape.size() != axes.size() || shape.stream().anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          path + " cannot have the shape " + shape + " and the axes " + axes);
    }
  }
}
