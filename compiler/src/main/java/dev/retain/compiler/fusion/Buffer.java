package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.util.List;

/** A tensor in memory: row-major over its axes. */
public record Buffer(int id, String name, Role role, ElementType type, List<Axis> axes) {
  public Buffer {
    axes = List.copyOf(axes);
  }
}
