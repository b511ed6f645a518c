package dev.retain.compiler.forms;

import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.TensorProgram;
import java.util.Map;
import java.util.TreeMap;

/** Drops the values that nothing reads. */
final class Pruning {
  private Pruning() {}

  static TensorProgram prune(TensorProgram program) {
    Graph graph = program.graph();
    GraphBuilder kept = new GraphBuilder();
    GraphCopy copy = new GraphCopy(graph, kept, node -> -1);
    Map<String, Integer> nextStates = new TreeMap<>();
    int output = copy.copy(program.output());
    program.nextStates().forEach((path, id) -> nextStates.put(path, copy.copy(id)));
    return new TensorProgram(program.name(), kept.build(), output, nextStates);
  }
}
