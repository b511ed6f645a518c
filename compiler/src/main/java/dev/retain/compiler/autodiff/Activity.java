package dev.retain.compiler.autodiff;

import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.TensorProgram;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which values of a program change with what it is differentiated by. Nothing flows back through
 * the others.
 */
final class Activity {
  private final Graph graph;
  private final boolean[] active;

  private Activity(Graph graph, Wanted wanted, Set<String> states) {
    this.graph = graph;
    this.active = new boolean[graph.nodes().size()];
    for (Node node : graph.nodes()) {
      active[node.id()] =
          switch (node.operation()) {
            case Operation.State(String path) -> states.contains(path);
            case Operation other -> wanted.contains(other) || isMadeOfActive(other);
          };
    }
  }

  /**
   * A state before a block changes with what is wanted if it is wanted itself, or if the same state
   * after the block before does.
   */
  static Activity of(TensorProgram program, Wanted wanted) {
    Set<String> states = new HashSet<>();
    for (Node node : program.graph().nodes()) {
      if (node.operation() instanceof Operation.State(String path) && wanted.states()) {
        states.add(path);
      }
    }
    while (true) {
      Activity activity = new Activity(program.graph(), wanted, states);
      boolean grown = false;
      for (Map.Entry<String, Integer> next : program.nextStates().entrySet()) {
        grown |= activity.isActive(next.getValue()) && states.add(next.getKey());
      }
      if (!grown) {
        return activity;
      }
    }
  }

  boolean isActive(int id) {
    return active[id];
  }

  private boolean isMadeOfActive(Operation operation) {
    return switch (operation) {
      // What is known by a whole number only does not change a little.
      case Operation.Gather(int table, var axis, int index) -> active[table];
      case Operation.Scatter(int value, var axis, int index) -> active[value];
      case Operation.Pointwise(var function, var operands) ->
          switch (function) {
            case STOP_GRADIENT, LESS, LESS_OR_EQUAL, EQUAL -> false;
            case SELECT -> active[operands.get(1)] || active[operands.get(2)];
            case ADD,
                SUBTRACT,
                MULTIPLY,
                DIVIDE,
                POWER,
                NEGATE,
                EXP,
                LOG,
                SQRT,
                ERF,
                TANH,
                SIN,
                COS,
                ABS,
                MAX,
                MIN,
                ROUND ->
                operands.stream().anyMatch(operand -> active[operand]);
          };
      case Operation other -> other.operands().stream().anyMatch(operand -> active[operand]);
    };
  }

  Graph graph() {
    return graph;
  }
}
