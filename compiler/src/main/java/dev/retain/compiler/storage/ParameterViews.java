package dev.retain.compiler.storage;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The nodes of a graph that are a parameter as it is, perhaps with its axes under other names. */
final class ParameterViews {
  /**
   * @param axes what the parameter's axes are called, in its own order
   */
  record View(String path, List<Axis> axes) {
    View {
      axes = List.copyOf(axes);
    }

    /** The parameter's dimensions that have one of these names. */
    Set<Integer> dimensions(List<Axis> names) {
      Set<Integer> found = new HashSet<>();
      for (int dimension = 0; dimension < axes.size(); dimension++) {
        if (names.contains(axes.get(dimension))) {
          found.add(dimension);
        }
      }
      return found;
    }
  }

  private final Map<Integer, View> views = new HashMap<>();

  ParameterViews(Graph graph) {
    for (Node node : graph.nodes()) {
      switch (node.operation()) {
        case Operation.Parameter(String path) -> views.put(node.id(), new View(path, node.axes()));
        case Operation.Rename(int operand, Axis from, Axis to) when views.containsKey(operand) -> {
          View renamed = views.get(operand);
          List<Axis> axes = new ArrayList<>(renamed.axes());
          axes.set(axes.indexOf(from), to);
          views.put(node.id(), new View(renamed.path(), axes));
        }
        default -> {}
      }
    }
  }

  Optional<View> of(int node) {
    return Optional.ofNullable(views.get(node));
  }
}
