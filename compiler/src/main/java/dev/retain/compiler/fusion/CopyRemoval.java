package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets a stage write straight into the output, next state or gradient that its value is only copied
 * to.
 */
final class CopyRemoval {
  private static final Set<Role> WRITTEN = EnumSet.of(Role.OUTPUT, Role.NEXT_STATE, Role.GRADIENT);

  private CopyRemoval() {}

  static StageProgram run(StageProgram program) {
    Map<Buffer, Buffer> replaced = new HashMap<>();
    List<Stage> kept = new ArrayList<>();
    // States go on to the next block before the way back begins.
    Set<Buffer> readOnWayBack = WayBack.of(program.stages()).read();
    for (Stage stage : program.stages()) {
      if (stage instanceof Stage.Pointwise(Buffer target, Scalar.Element element, var p, var s)
          && WRITTEN.contains(target.role())
          && element.buffer().role() == Role.SCRATCH
          && isIdentity(element)
          && element.buffer().type() == target.type()
          && element.buffer().axes().equals(target.axes())
          && !(target.role() == Role.NEXT_STATE && readOnWayBack.contains(element.buffer()))
          && !replaced.containsKey(element.buffer())) {
        replaced.put(element.buffer(), target);
      } else {
        kept.add(stage);
      }
    }
    BufferReplacement replacement = new BufferReplacement(replaced);
    return new StageProgram(
        program.name(),
        program.buffers().stream().filter(b -> !replaced.containsKey(b)).toList(),
        program.once().stream().map(replacement::replace).toList(),
        kept.stream().map(replacement::replace).toList());
  }

  private static boolean isIdentity(Scalar.Element element) {
    List<Axis> axes = element.coordinates().stream().map(Coordinate::axis).toList();
    return element.coordinates().stream().allMatch(Coordinate.Along.class::isInstance)
        && axes.equals(element.buffer().axes());
  }
}
