package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.List;

/** The buffers and stages of a program while it is made. */
final class StageCollector {
  private final List<Buffer> buffers = new ArrayList<>();
  private final List<Stage> once = new ArrayList<>();
  private final List<Stage> stages = new ArrayList<>();

  Buffer buffer(String name, Role role, ElementType type, List<Axis> axes) {
    Buffer buffer = new Buffer(buffers.size(), name, role, type, axes);
    buffers.add(buffer);
    return buffer;
  }

  /** Adds what runs for every block. */
  void add(Stage stage) {
    stages.add(stage);
  }

  /** Adds what runs once, if it depends on constants alone, or for every block. */
  void add(Stage stage, boolean constant) {
    (constant ? once : stages).add(stage);
  }

  StageProgram program(String name) {
    return new StageProgram(name, buffers, once, stages);
  }
}
