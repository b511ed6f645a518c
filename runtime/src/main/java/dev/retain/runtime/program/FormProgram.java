package dev.retain.runtime.program;

import java.util.List;

/**
 * What computes one block of steps in one form.
 *
 * @param ragged whether padding and resets are allowed; a dense program is faster
 */
public record FormProgram(
    Form form, boolean ragged, List<BufferDescription> buffers, List<StepDescription> steps) {
  public FormProgram {
    buffers = List.copyOf(buffers);
    steps = List.copyOf(steps);
    for (StepDescription step : steps) {
      for (int buffer : step.buffers()) {
        if (buffer < 0 || buffer >= buffers.size()) {
          throw new IllegalArgumentException(
              "step " + step.label() + " names buffer " + buffer + " of " + buffers.size());
        }
      }
    }
    for (BufferDescription buffer : buffers) {
      if (buffer.role() == Role.INPUT && !Inputs.ALL.contains(buffer.name())) {
        throw new IllegalArgumentException("there is no input '" + buffer.name() + "'");
      }
    }
  }
}
