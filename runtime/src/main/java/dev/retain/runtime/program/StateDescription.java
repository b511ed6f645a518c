package dev.retain.runtime.program;

import java.util.List;

/**
 * What a sequence carries from one step to the next, kept in the model's own type.
 *
 * @param shape of one sequence; a session has a batch of them
 * @param initial every element before the first step
 */
public record StateDescription(String path, List<Long> shape, List<String> axes, double initial)
    implements TensorDescription {
  public StateDescription {
    shape = List.copyOf(shape);
    axes = List.copyOf(axes);
    TensorDescription.check(path, shape, axes);
  }
}
