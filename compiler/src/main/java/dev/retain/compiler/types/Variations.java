package dev.retain.compiler.types;

import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Role;
import java.util.ArrayList;
import java.util.List;

/** How the values of a graph change with time, while it grows. */
final class Variations {
  private final GraphBuilder graph;
  private final List<Role> known = new ArrayList<>();

  Variations(GraphBuilder graph) {
    this.graph = graph;
  }

  /** That of a node: a constant, learned, or different from step to step. */
  Role of(int id) {
    for (int next = known.size(); next <= id; next++) {
      Operation operation = graph.node(next).operation();
      Role role =
          switch (operation) {
            case Operation.Input i -> Role.IN;
            case Operation.Recur r -> Role.IN;
            case Operation.Parameter p -> Role.PARAM;
            default -> Role.CONST;
          };
      for (int operand : operation.operands()) {
        Role other = known.get(operand);
        role = role.compareTo(other) >= 0 ? role : other;
      }
      known.add(role);
    }
    return known.get(id);
  }
}
