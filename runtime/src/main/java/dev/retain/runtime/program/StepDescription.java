package dev.retain.runtime.program;

import java.util.List;

/**
 * One call of a kernel, made by every worker.
 *
 * @param kernelClass its binary name, such as {@code retain.generated.Contract3}
 * @param buffers what its addresses are, as indices into the program's buffers
 * @param barrier whether all workers must have finished the earlier steps before it starts
 * @param onShapeChange whether it only fills {@link Role#STATIC} buffers: it then runs only when
 *     batch or time differ from those of the run before
 * @param label what it computes, for profiles
 */
public record StepDescription(
    String kernelClass,
    List<Integer> buffers,
    boolean barrier,
    boolean onShapeChange,
    String label) {
  public StepDescription {
    buffers = List.copyOf(buffers);
  }
}
