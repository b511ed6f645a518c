package dev.retain.compiler.tensor;

import dev.retain.compiler.diagnostics.Span;
import java.util.List;
import java.util.Optional;

/**
 * Scores of earlier steps that fade by a factor of each channel: the sum over the channels of
 * {@code query[time] * key[source] * the product of the decays of the steps after source up to
 * time}.
 *
 * @param query without SOURCE
 * @param key without TIME
 * @param decay of each step, along TIME
 * @param to whether the decay of the step along TIME is part of the product
 */
public record FadingScores(int query, int key, int decay, RangeEnd to, Axis channel) {

  /** What a node is, if it has been made by {@link #add}. */
  public static Optional<FadingScores> of(Graph graph, Node node) {
    if (node.operation() instanceof Operation.Reduce(Reduction reduction, int sum, var over)
        && reduction == Reduction.SUM
        && over.size() == 1
        && graph.node(sum).operation()
            instanceof Operation.Pointwise(Function function, List<Integer> product)
        && function == Function.MULTIPLY
        && graph.node(product.getLast()).operation()
            instanceof Operation.RangeProduct(int decay, RangeStart from, RangeEnd to)
        && from == RangeStart.AFTER_SOURCE
        && graph.node(product.getFirst()).operation()
            instanceof Operation.Pointwise(Function inner, List<Integer> scores)
        && inner == Function.MULTIPLY) {
      return Optional.of(
          new FadingScores(scores.getFirst(), scores.getLast(), decay, to, over.getFirst()));
    }
    return Optional.empty();
  }

  /** The nodes between a node that is this and what it is made of. */
  public static List<Integer> inside(Graph graph, Node node) {
    int product = node.operation().operands().getFirst();
    List<Integer> factors = graph.node(product).operation().operands();
    return List.of(product, factors.getFirst(), factors.getLast());
  }

  public int add(GraphBuilder graph, Span span) {
    int range = graph.rangeProduct(decay, RangeStart.AFTER_SOURCE, to, span);
    int product = graph.multiply(graph.multiply(query, key, span), range, span);
    return graph.reduce(Reduction.SUM, product, List.of(channel), span);
  }
}
