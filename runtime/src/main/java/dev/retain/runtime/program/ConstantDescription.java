package dev.retain.runtime.program;

import java.util.List;

/** A tensor that is not learned, such as a decay; always float64. Its values are in the weights. */
public record ConstantDescription(String path, List<Long> shape, List<String> axes)
    implements TensorDescription {
  public ConstantDescription {
    shape = List.copyOf(shape);
    axes = List.copyOf(axes);
    TensorDescription.check(path, shape, axes);
  }
}
