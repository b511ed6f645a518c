package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.Role;
import java.util.HashMap;
import java.util.Map;

/** The memory of gradients, by the name of what they belong to. */
final class GradientBuffers {
  private final Graph graph;
  private final ElementType real;
  private final StageCollector program;
  private final Map<String, Buffer> buffers = new HashMap<>();

  GradientBuffers(Graph graph, ElementType real, StageCollector program) {
    this.graph = graph;
    this.real = real;
    this.program = program;
  }

  Buffer of(String name) {
    return buffers.computeIfAbsent(
        name, key -> program.buffer(key, Role.GRADIENT, real, leaf(key).axes()));
  }

  /** Whether blocks add to it; others are new in each block. */
  boolean isAdded(String name) {
    return switch (leaf(name).operation()) {
      case Operation.Parameter _, Operation.Constant _ -> true;
      default -> false;
    };
  }

  /** What the gradient belongs to. */
  private Node leaf(String name) {
    return graph.nodes().stream()
        .filter(node ->
            switch (node.operation()) {
              case Operation.Parameter(String path) -> path.equals(name);
              case Operation.Constant(String path) -> path.equals(name);
              case Operation.Input(String input) -> input.equals(name);
              case Operation.State(String path) -> Gradients.ofState(path).equals(name);
              default -> false;
            })
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a gradient of the unknown " + name));
  }
}
