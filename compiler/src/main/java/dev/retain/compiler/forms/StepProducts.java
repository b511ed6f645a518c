package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Reduction;
import java.util.List;

/**
 * Products of a normal form as values of a step that is written anew.
 *
 * @param copy puts a value of the old step into the new one
 */
record StepProducts(GraphBuilder to, GraphCopy copy) {
  int value(Product.Factor factor, Span span) {
    int value = copy.copy(factor.node());
    return factor.inverse()
        ? to.pointwise(Function.DIVIDE, span, to.literal(1, span), value)
        : value;
  }

  int value(Product product, Span span) {
    int result = to.literal(product.scale(), span);
    for (Product.Factor factor : product.factors()) {
      result = to.multiply(result, value(factor, span), span);
    }
    return result;
  }

  /** The sum of the product over axes that the state has, and the vector may lack. */
  int contracted(int vector, int state, List<Axis> over, Span span) {
    return to.axes(vector).containsAll(over)
        ? to.contract(vector, state, over, span)
        : to.reduce(Reduction.SUM, to.multiply(vector, state, span), over, span);
  }

  /** A sum that may have no terms yet: -1. */
  int plus(int sum, int value, Span span) {
    return sum < 0 ? value : to.add(sum, value, span);
  }
}
