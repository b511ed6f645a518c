package dev.retain.compiler.tensor;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * What one block of steps computes, from the states before it to the output of each step and the
 * states after it.
 *
 * @param name the form, such as {@code chunkwise}
 * @param output the node of the result
 * @param nextStates for each state's path the node of its value after the block
 * @param gradients for what a program is differentiated by, under the name of {@link
 *     dev.retain.runtime.program.Gradients}, the node of its gradient; empty for a program that
 *     goes forward
 */
public record TensorProgram(
    String name,
    Graph graph,
    int output,
    Map<String, Integer> nextStates,
    Map<String, Integer> gradients) {
  public TensorProgram {
    nextStates = Collections.unmodifiableMap(new TreeMap<>(nextStates));
    gradients = Collections.unmodifiableMap(new TreeMap<>(gradients));
  }

  /** A program that goes forward. */
  public TensorProgram(String name, Graph graph, int output, Map<String, Integer> nextStates) {
    this(name, graph, output, nextStates, Map.of());
  }

  /**
   * The same results in another graph.
   *
   * @param builder of the graph; built when all results have their nodes
   * @param nodes for each node of a result the one in the other graph
   */
  public TensorProgram in(GraphBuilder builder, IntUnaryOperator nodes) {
    int otherOutput = nodes.applyAsInt(output);
    Map<String, Integer> otherStates = new TreeMap<>();
    nextStates.forEach((path, id) -> otherStates.put(path, nodes.applyAsInt(id)));
    Map<String, Integer> otherGradients = new TreeMap<>();
    gradients.forEach((path, id) -> otherGradients.put(path, nodes.applyAsInt(id)));
    return new TensorProgram(name, builder.build(), otherOutput, otherStates, otherGradients);
  }
}
