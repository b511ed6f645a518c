package dev.retain.compiler.recurrence;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A value that is linear in the states: the sum of the terms, and of products without any state.
 * Nothing that is multiplied with 0 is kept.
 */
public record Linear(List<Term> terms, List<Product> free) {
  public Linear {
    terms = terms.stream().filter(term -> !term.isZero()).toList();
    free = free.stream().filter(product -> product.scale() != 0).toList();
  }

  /**
   * {@code outer * sum over `over` of (vector * inner * turned state)}.
   *
   * @param state the place of the state in the recurrence
   * @param next whether the state's value after the step is meant, not the one before
   * @param turn how the state is rotated, if it is
   * @param inner factors that keep the state's axes: a decay, where nothing is summed
   * @param vector what the state is contracted with
   * @param over the axes summed; none where the state is not contracted
   * @param outer factors of the contracted value
   */
  public record Term(
      int state,
      boolean next,
      Optional<Rotation> turn,
      Product inner,
      Product vector,
      List<Axis> over,
      Product outer,
      Span span) {
    public Term {
      over = List.copyOf(over);
    }

    static Term of(int state, boolean next, Span span) {
      return new Term(
          state, next, Optional.empty(), Product.ONE, Product.ONE, List.of(), Product.ONE, span);
    }

    Term times(Product factor) {
      return withFactors(factors().times(factor));
    }

    /** What the state, or what is read from it, is multiplied with. */
    Product factors() {
      return over.isEmpty() ? inner : outer;
    }

    boolean isZero() {
      return inner.scale() == 0 || vector.scale() == 0 || outer.scale() == 0;
    }

    Term withFactors(Product factors) {
      return over.isEmpty()
          ? new Term(state, next, turn, factors, vector, over, outer, span)
          : new Term(state, next, turn, inner, vector, over, factors, span);
    }

    /** Summed over further axes, with a further vector along them. */
    Term contractedWith(Product along, List<Axis> axes, Product factors, Span at) {
      List<Axis> all = new ArrayList<>(over);
      all.addAll(axes);
      return new Term(state, next, turn, Product.ONE, vector.times(along), all, factors, at);
    }

    Term turned(Rotation by, Span at) {
      return new Term(state, next, Optional.of(by), inner, vector, over, outer, at);
    }
  }

  /** Pairs along the axis turned by the angle, a node of the body without any state. */
  public record Rotation(int angle, Axis axis, Axis pair) {}
}
