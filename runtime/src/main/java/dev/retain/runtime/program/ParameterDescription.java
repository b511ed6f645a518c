package dev.retain.runtime.program;

import java.util.List;

/** A learned tensor, kept in the model's own type. */
public record ParameterDescription(
    String path, List<Long> shape, List<String> axes, Initial initial)
    implements TensorDescription {
  public ParameterDescription {
    shape = List.copyOf(shape);
    axes = List.copyOf(axes);
    TensorDescription.check(path, shape, axes);
  }
}
