package dev.retain.compiler;

import dev.retain.compiler.decays.RangeProducts;
import dev.retain.compiler.fusion.Fuser;
import dev.retain.compiler.fusion.StageProgram;
import dev.retain.compiler.fusion.StageVerifier;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import java.util.List;
import java.util.Map;

/** The passes from any tensor program to verified stages. */
final class Lowering {
  private Lowering() {}

  /**
   * @param stateAxes the axes of each state in memory, the batch first, by path
   */
  static StageProgram stages(
      TensorProgram program, ElementType real, Map<String, List<Axis>> stateAxes) {
    StageProgram stages = Fuser.fuse(RangeProducts.remove(program, real), real, stateAxes);
    StageVerifier.verify(stages);
    return stages;
  }
}
