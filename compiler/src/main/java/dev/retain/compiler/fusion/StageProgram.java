package dev.retain.compiler.fusion;

import java.util.List;
import java.util.Set;

/**
 * The stages of a form's program, in the order in which they run.
 *
 * @param once stages that depend on constants and the block's shape alone; they come first
 */
public record StageProgram(
    String name, List<Buffer> buffers, List<Stage> stages, Set<Stage> once) {
  public StageProgram {
    buffers = List.copyOf(buffers);
    stages = List.copyOf(stages);
    once = Set.copyOf(once);
  }
}
