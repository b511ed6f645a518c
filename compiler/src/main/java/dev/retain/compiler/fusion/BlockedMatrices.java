package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.program.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which parameters can lie in blocks of columns: those that all stages of all programs multiply by
 * as one matrix, whose rows are summed over and whose columns are the last axes of the result.
 */
public final class BlockedMatrices {
  private final Map<String, Integer> rows = new HashMap<>();
  private final Set<String> otherwise = new HashSet<>();

  private BlockedMatrices() {}

  /**
   * @param paths the parameters in question
   * @return by path, how many of the first axes are rows
   */
  public static Map<String, Integer> of(List<StageProgram> programs, Set<String> paths) {
    BlockedMatrices matrices = new BlockedMatrices();
    for (StageProgram program : programs) {
      program.once().forEach(matrices::stage);
      program.stages().forEach(matrices::stage);
    }
    Map<String, Integer> found = new HashMap<>(matrices.rows);
    found.keySet().retainAll(paths);
    found.keySet().removeAll(matrices.otherwise);
    return found;
  }

  private void stage(Stage stage) {
    switch (stage) {
      case Stage.Rows rowStages -> rowStages.members().forEach(this::stage);
      case Stage.Contract contract -> {
        otherwise.add(contract.left().buffer().name());
        String path = contract.right().buffer().name();
        int count = rows(contract);
        if (count == 0 || rows.merge(path, count, Integer::min) != count) {
          otherwise.add(path);
        }
      }
      default -> stage.sources().forEach(source -> otherwise.add(source.name()));
    }
  }

  /** How many axes of the right side are rows; 0 if it is no such matrix. */
  private static int rows(Stage.Contract contract) {
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
            && columns.stream().mapToLong(Axis::size).reduce(1, (a, b) -> a * b) % Storage.BLOCK
                == 0;
    return areLast && areOwn && areWhole && !contract.adds() ? count : 0;
  }
}
