package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Which parameters can lie in blocks of columns: those that all stages of all programs multiply by
 * as one matrix, whose rows are summed over and whose columns are the last axes of the result.
 */
public final class BlockedMatrices {
  private final Map<String, Integer> rows = new HashMap<>();
  private final Set<String> otherwise = new HashSet<>();

  private final ToIntFunction<String> block;

  private BlockedMatrices(ToIntFunction<String> block) {
    this.block = block;
  }

  /**
   * @param block how many columns a block of a parameter would have
   * @return by the parameter's path, how many of the first axes are rows
   */
  public static Map<String, Integer> of(List<StageProgram> programs, ToIntFunction<String> block) {
    BlockedMatrices matrices = new BlockedMatrices(block);
    for (StageProgram program : programs) {
      program.once().forEach(matrices::stage);
      program.stages().forEach(matrices::stage);
    }
    Map<String, Integer> found = new HashMap<>(matrices.rows);
    found.keySet().removeAll(matrices.otherwise);
    return found;
  }

  private void stage(Stage stage) {
    switch (stage) {
      case Stage.Rows rowStages -> rowStages.members().forEach(this::stage);
      case Stage.Finished(Stage.Contract product, Stage.Pointwise finish) -> {
        stage(product);
        stage(finish);
      }
      case Stage.Contract contract -> {
        otherwise.add(contract.left().buffer().name());
        Buffer right = contract.right().buffer();
        int count =
            right.role() == Role.PARAMETER ? rows(contract, block.applyAsInt(right.name())) : 0;
        if (count == 0 || rows.merge(right.name(), count, Integer::min) != count) {
          otherwise.add(right.name());
        }
      }
      default -> stage.sources().forEach(source -> otherwise.add(source.name()));
    }
  }

  /** How many axes of the right side are rows; 0 if it is no such matrix. */
  private static int rows(Stage.Contract contract, int block) {
    List<Axis> axes = contract.right().axes();
    int count = contract.over().size();
    if (count >= axes.size() || !contract.over().containsAll(axes.subList(0, count))) {
      return 0;
    }
    List<Axis> columns = axes.subList(count, axes.size());
    List<Axis> target = new ArrayList<>(contract.target().axes());
    int outer = target.size() - columns.size();
    boolean areLast = outer >= 0 && target.subList(outer, target.size()).equals(columns);
    boolean areOwn = columns.stream().noneMatch(contract.left().axes()::contains);
    boolean areWhole =
        columns.stream().allMatch(Axis::isFixed)
            && columns.stream().mapToLong(Axis::size).reduce(1, (a, b) -> a * b) % block == 0;
    return areLast && areOwn && areWhole && !contract.adds() ? count : 0;
  }
}
