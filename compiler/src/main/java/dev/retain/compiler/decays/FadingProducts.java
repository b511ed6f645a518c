package dev.retain.compiler.decays;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.FadingScores;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RangeEnd;
import dev.retain.compiler.tensor.RangeStart;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Sums over channels of products with a product over a range of steps: {@link FadingScores}, which
 * need no logarithms.
 *
 * @param copy puts a value into the other graph
 */
record FadingProducts(Graph from, GraphBuilder to, IntUnaryOperator copy) {

  /** The node that stands for the sum, or -1 if it is none of this kind. */
  int replace(Node node) {
    if (!(node.operation()
            instanceof Operation.Reduce(Reduction reduction, int operand, List<Axis> over))
        || reduction != Reduction.SUM
        || node.precision() != Precision.REAL
        || over.size() != 1
        || !over.getFirst().isFixed()) {
      return -1;
    }
    Axis channel = over.getFirst();
    List<Integer> query = new ArrayList<>();
    List<Integer> key = new ArrayList<>();
    int range = -1;
    for (int factor : factors(operand)) {
      List<Axis> axes = from.node(factor).axes();
      if (isRange(factor, channel)) {
        if (range >= 0) {
          return -1;
        }
        range = factor;
      } else if (!axes.contains(Axis.SOURCE)) {
        query.add(factor);
      } else if (!axes.contains(Axis.TIME)) {
        key.add(factor);
      } else {
        return -1;
      }
    }
    return range < 0
            || !isAlong(query, channel)
            || !isAlong(key, channel)
            || !isAlong(key, Axis.SOURCE)
        ? -1
        : scores(query, key, range, channel, node.span());
  }

  private List<Integer> factors(int id) {
    if (from.node(id).operation() instanceof Operation.Pointwise(Function function, var operands)
        && function == Function.MULTIPLY) {
      List<Integer> all = new ArrayList<>();
      operands.forEach(operand -> all.addAll(factors(operand)));
      return all;
    }
    return List.of(id);
  }

  private boolean isAlong(List<Integer> factors, Axis channel) {
    return factors.stream().anyMatch(factor -> from.node(factor).axes().contains(channel));
  }

  /** A product over a range of steps where a step counts for another, else 0. */
  private boolean isRange(int id, Axis channel) {
    return from.node(id).operation()
            instanceof Operation.Pointwise(Function function, List<Integer> choice)
        && function == Function.SELECT
        && !from.node(choice.getFirst()).axes().contains(channel)
        && from.node(choice.get(1)).operation()
            instanceof Operation.RangeProduct(int decay, RangeStart start, RangeEnd end)
        && start == RangeStart.AFTER_SOURCE
        && end != RangeEnd.LAST
        && from.node(decay).axes().contains(channel)
        && from.node(choice.getLast()).operation().equals(new Operation.Literal(0));
  }

  private int scores(List<Integer> query, List<Integer> key, int range, Axis channel, Span span) {
    List<Integer> choice = from.node(range).operation().operands();
    var product = (Operation.RangeProduct) from.node(choice.get(1)).operation();
    int scores =
        new FadingScores(
                product(query, span),
                product(key, span),
                copy.applyAsInt(product.operand()),
                product.to(),
                channel)
            .add(to, span);
    int counts = copy.applyAsInt(choice.getFirst());
    return to.pointwise(Function.SELECT, span, counts, scores, to.literal(0, span));
  }

  private int product(List<Integer> factors, Span span) {
    int product = to.literal(1, span);
    for (int factor : factors) {
      product = to.multiply(product, copy.applyAsInt(factor), span);
    }
    return product;
  }
}
