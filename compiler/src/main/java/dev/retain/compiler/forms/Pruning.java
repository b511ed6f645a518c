package dev.retain.compiler.forms;

import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.TensorProgram;

/** Drops the values that nothing reads. */
public final class Pruning {
  private Pruning() {}

  /** The program with the values alone that its results are made of. */
  public static TensorProgram prune(TensorProgram program) {
    Graph graph = program.graph();
    GraphBuilder kept = new GraphBuilder();
    GraphCopy copy = new GraphCopy(graph, kept, node -> -1);
    return program.in(kept, copy::copy);
  }
}
