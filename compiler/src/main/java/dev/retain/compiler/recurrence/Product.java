package dev.retain.compiler.recurrence;

import java.util.ArrayList;
import java.util.List;

/** A number times (or divided by) values of the step that do not depend on any state. */
public record Product(double scale, List<Factor> factors) {
  public static final Product ONE = new Product(1, List.of());

  public Product {
    factors = List.copyOf(factors);
  }

  /** A node of the body, or one over it. */
  public record Factor(int node, boolean inverse) {}

  public Product times(double number) {
    return new Product(scale * number, factors);
  }

  public Product times(Product other) {
    List<Factor> all = new ArrayList<>(factors);
    all.addAll(other.factors);
    return new Product(scale * other.scale, all);
  }

  Product times(int node, boolean inverse) {
    return times(new Product(1, List.of(new Factor(node, inverse))));
  }

  /** One over this product. */
  Product inverse() {
    return new Product(
        1 / scale, factors.stream().map(f -> new Factor(f.node(), !f.inverse())).toList());
  }
}
