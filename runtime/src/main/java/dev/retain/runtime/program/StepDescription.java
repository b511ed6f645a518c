package dev.retain.runtime.program;

import java.util.List;

/**
 * One call of a kernel, made by every worker.
 *
 * <p>Steps that follow each other, have as many parts and no barrier {@link Barrier#ALWAYS} between
 * them belong together. They may be run part by part, the first part of each step, then the second
 * of each: a part needs of the steps it belongs with the same part alone. A kernel does one part if
 * it is asked for the share of that number among as many shares.
 *
 * @param kernelClass its binary name, such as {@code retain.generated.Contract3}
 * @param buffers what its addresses are, as indices into the program's buffers
 * @param barrier whether all workers must have finished the earlier steps before it starts
 * @param parts how many parts it has for each sequence; 0 if it belongs with no other step
 * @param onShapeChange whether it only fills {@link Role#STATIC} buffers: it then runs only when
 *     batch or time differ from those of the run before
 * @param label what it computes, for profiles
 */
public record StepDescription(
    String kernelClass,
    List<Integer> buffers,
    Barrier barrier,
    int parts,
    boolean onShapeChange,
    String label) {
  public StepDescription {
    buffers = List.copyOf(buffers);
    if (barrier == Barrier.BETWEEN_PARTS && parts == 0) {
      throw new IllegalArgumentException("a barrier between parts of a step that has none");
    }
  }
}
