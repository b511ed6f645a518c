package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Inputs;

/** Decides what the uses of dropout are in a form's program. No later pass knows them. */
public final class Dropouts {
  private Dropouts() {}

  /** The program with each the value itself: what a model is whenever it is not being trained. */
  public static TensorProgram removed(TensorProgram program) {
    return replaced(program, (graph, dropout, operand, span) -> operand);
  }

  /**
   * The program with each drawn anew: {@code x * (noise >= rate) / (1 - rate)}. The input {@code
   * noise.SITE} holds for each number of x, of all sequences and steps, one from 0 up to but not
   * including 1.
   */
  public static TensorProgram drawn(TensorProgram program) {
    return replaced(
        program,
        (graph, dropout, operand, span) -> {
          int noise =
              graph.input(Inputs.NOISE + dropout.site(), graph.axes(operand), Precision.REAL, span);
          int rate = graph.literal(dropout.rate(), span);
          int isKept = graph.pointwise(Function.LESS_OR_EQUAL, span, rate, noise);
          int factor =
              graph.pointwise(
                  Function.SELECT,
                  span,
                  isKept,
                  graph.literal(1 / (1 - dropout.rate()), span),
                  graph.literal(0, span));
          return graph.multiply(operand, factor, span);
        });
  }

  private interface Replacement {
    /**
     * @param operand the node, in the new graph, of what it is applied to
     */
    int node(GraphBuilder graph, Operation.Dropout dropout, int operand, Span span);
  }

  private static TensorProgram replaced(TensorProgram program, Replacement replacement) {
    Graph from = program.graph();
    if (from.nodes().stream().noneMatch(n -> n.operation() instanceof Operation.Dropout)) {
      return program;
    }
    GraphBuilder graph = new GraphBuilder();
    int[] copied = new int[from.nodes().size()];
    for (Node node : from.nodes()) {
      copied[node.id()] =
          node.operation() instanceof Operation.Dropout dropout
              ? replacement.node(graph, dropout, copied[dropout.operand()], node.span())
              : new GraphCopy(from, graph, n -> n.id() == node.id() ? -1 : copied[n.id()])
                  .copy(node.id());
    }
    return program.in(graph, id -> copied[id]);
  }
}
