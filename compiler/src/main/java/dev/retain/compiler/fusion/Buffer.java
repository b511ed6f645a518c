package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.util.List;

/**
 * A tensor in memory: row-major over its axes, or in blocks of columns.
 *
 * @param rows how many of the first axes are the rows of a matrix that lies in blocks, as {@link
 *     dev.retain.runtime.program.Storage#rows} has it; 0 if the tensor lies row-major
 */
public record Buffer(int id, String name, Role role, ElementType type, List<Axis> axes, int rows) {
  public Buffer {
    axes = List.copyOf(axes);
  }

  /** A tensor that lies row-major. */
  public Buffer(int id, String name, Role role, ElementType type, List<Axis> axes) {
    this(id, name, role, type, axes, 0);
  }
}
