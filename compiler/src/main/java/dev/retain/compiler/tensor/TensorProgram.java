package dev.retain.compiler.tensor;

import dev.retain.runtime.program.Gradients;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * What one block of steps computes, from the states before it to the output of each step and the
 * states after it.
 *
 * @param name the form, such as {@code chunkwise}
 * @param result the node of the output; none of a program that only goes back
 * @param nextStates for each state's path the node of its value after the block
 * @param gradients for what a program is differentiated by, under the name of {@link
 *     dev.retain.runtime.program.Gradients}, the node of its gradient; empty for a program that
 *     goes forward
 */
public record TensorProgram(
    String name,
    Graph graph,
    OptionalInt result,
    Map<String, Integer> nextStates,
    Map<String, Integer> gradients) {
  public TensorProgram {
    nextStates = Collections.unmodifiableMap(new TreeMap<>(nextStates));
    gradients = Collections.unmodifiableMap(new TreeMap<>(gradients));
  }

  /** A program that goes forward. */
  public TensorProgram(String name, Graph graph, int output, Map<String, Integer> nextStates) {
    this(name, graph, OptionalInt.of(output), nextStates, Map.of());
  }

  /**
   * The node of the output.
   *
   * @throws java.util.NoSuchElementException if it only goes back
   */
  public int output() {
    return result.orElseThrow();
  }

  /** The same without its output and next states: what only goes back. */
  public TensorProgram onlyBack() {
    return new TensorProgram(name, graph, OptionalInt.empty(), Map.of(), gradients);
  }

  /**
   * The same results in another graph.
   *
   * @param builder of the graph; built when all results have their nodes
   * @param nodes for each node of a result the one in the other graph
   */
  public TensorProgram in(GraphBuilder builder, IntUnaryOperator nodes) {
    OptionalInt otherResult =
        result.isPresent()
            ? OptionalInt.of(nodes.applyAsInt(result.getAsInt()))
            : OptionalInt.empty();
    Map<String, Integer> otherStates = new TreeMap<>();
    nextStates.forEach((path, id) -> otherStates.put(path, nodes.applyAsInt(id)));
    Map<String, Integer> otherGradients = new TreeMap<>();
    gradients.forEach((path, id) -> otherGradients.put(path, nodes.applyAsInt(id)));
    // What a gradient belongs to says how it lies in memory, even if nothing reads it.
    graph.nodes().stream().filter(this::hasGradient).forEach(node -> nodes.applyAsInt(node.id()));
    return new TensorProgram(name, builder.build(), otherResult, otherStates, otherGradients);
  }

  private boolean hasGradient(Node node) {
    return switch (node.operation()) {
      case Operation.Parameter(String path) -> gradients.containsKey(path);
      case Operation.Constant(String path) -> gradients.containsKey(path);
      case Operation.Input(String name) -> gradients.containsKey(name);
      case Operation.State(String path) -> gradients.containsKey(Gradients.ofState(path));
      default -> false;
    };
  }
}
