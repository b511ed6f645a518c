package dev.retain.compiler.types;

import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import java.util.HashSet;
import java.util.Set;

/**
 * The parameters and constants that a model reads. Others, which only branches read that were not
 * chosen, are no part of it.
 */
final class TensorsInUse {
  private TensorsInUse() {}

  /** The paths of what the result and the recurrences of a step are made of. */
  static Set<String> paths(Graph step, int output) {
    Set<String> paths = new HashSet<>();
    boolean[] needed = new boolean[step.nodes().size()];
    needed[output] = true;
    for (Node node : step.nodes().reversed()) {
      // A recurrence goes on, whatever becomes of its result.
      if (needed[node.id()] || node.operation() instanceof Operation.Recur) {
        node.operation().operands().forEach(operand -> needed[operand] = true);
        switch (node.operation()) {
          case Operation.Parameter(String path) -> paths.add(path);
          case Operation.Constant(String path) -> paths.add(path);
          default -> {}
        }
      }
    }
    return paths;
  }
}
