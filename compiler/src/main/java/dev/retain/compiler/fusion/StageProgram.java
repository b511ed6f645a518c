package dev.retain.compiler.fusion;

import java.util.List;

/**
 * The stages of a form's program, in the order in which they run.
 *
 * @param once stages that depend on constants and the block's shape alone; they run first, once for
 *     a shape
 * @param stages all others, which run for every block
 */
public record StageProgram(
    String name, List<Buffer> buffers, List<Stage> once, List<Stage> stages) {
  public StageProgram {
    buffers = List.copyOf(buffers);
    once = List.copyOf(once);
    stages = List.copyOf(stages);
  }

  /** The same with other stages. */
  StageProgram with(List<Stage> others) {
    return new StageProgram(name, buffers, once, others);
  }
}
