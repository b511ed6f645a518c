package dev.retain.compiler.tensor;

import java.util.Map;
import java.util.TreeMap;

/**
 * What one block of steps computes, from the states before it to the output of each step and the
 * states after it.
 *
 * @param name the form, such as {@code chunkwise}
 * @param output the node of the result
 * @param nextStates for each state's path the node of its value after the block
 */
public record TensorProgram(String name, Graph graph, int output, Map<String, Integer> nextStates) {
  public TensorProgram {
    nextStates = java.util.Collections.unmodifiableMap(new TreeMap<>(nextStates));
  }
}
