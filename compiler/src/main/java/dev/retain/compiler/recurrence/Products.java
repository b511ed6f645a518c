package dev.retain.compiler.recurrence;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Products of values without any state. What they sum to becomes a further node of the body. */
final class Products {
  private final GraphBuilder body;

  Products(GraphBuilder body) {
    this.body = body;
  }

  /** The value as one product; a sum inside stays one factor. */
  Product product(int id) {
    return switch (body.node(id).operation()) {
      case Operation.Literal(double value) -> new Product(value, List.of());
      case Operation.Pointwise(Function function, List<Integer> o)
          when function == Function.MULTIPLY ->
          product(o.get(0)).times(product(o.get(1)));
      case Operation.Pointwise(Function function, List<Integer> o)
          when function == Function.DIVIDE ->
          product(o.get(0)).times(product(o.get(1)).inverse());
      case Operation.Pointwise(Function function, List<Integer> o)
          when function == Function.NEGATE ->
          product(o.get(0)).times(-1);
      default -> Product.ONE.times(id, false);
    };
  }

  /** The value as a sum of products. */
  List<Product> products(int id) {
    if (body.node(id).operation()
        instanceof Operation.Pointwise(Function function, List<Integer> o)) {
      if (function == Function.ADD || function == Function.SUBTRACT) {
        List<Product> all = new ArrayList<>(products(o.get(0)));
        double sign = function == Function.ADD ? 1 : -1;
        products(o.get(1)).forEach(p -> all.add(p.times(sign)));
        return all;
      }
    }
    Product product = product(id);
    return product.scale() == 0 ? List.of() : List.of(product);
  }

  /** The product as a node. */
  int value(Product product, Span span) {
    int value = body.literal(product.scale(), span);
    for (Product.Factor factor : product.factors()) {
      int node = factor.node();
      int one = factor.inverse() ? inverse(node, span) : node;
      value = body.multiply(value, one, span);
    }
    return value;
  }

  private int inverse(int node, Span span) {
    return body.pointwise(Function.DIVIDE, span, body.literal(1, span), node);
  }

  /** The sum of several products as one. */
  Product sum(List<Product> products, Span span) {
    if (products.size() == 1) {
      return products.getFirst();
    }
    int sum = body.literal(0, span);
    for (Product product : products) {
      sum = body.add(sum, value(product, span), span);
    }
    return product(sum);
  }

  /** The factors that have one of the axes. */
  Product along(Product product, List<Axis> axes) {
    return new Product(1, part(product, factor -> touches(factor, axes)).factors());
  }

  /** The scale, and the factors that have none of the axes. */
  Product without(Product product, List<Axis> axes) {
    return part(product, factor -> !touches(factor, axes));
  }

  boolean touches(Product product, List<Axis> axes) {
    return product.factors().stream().anyMatch(factor -> touches(factor, axes));
  }

  private boolean touches(Product.Factor factor, List<Axis> axes) {
    return body.axes(factor.node()).stream().anyMatch(axes::contains);
  }

  private static Product part(Product product, Predicate<Product.Factor> chosen) {
    return new Product(product.scale(), product.factors().stream().filter(chosen).toList());
  }

  /** The sum of the product over the axes; along one that no factor has, it is counted. */
  Product summed(Product product, List<Axis> over, Span span) {
    if (over.isEmpty()) {
      return product;
    }
    Product rest = without(product, over);
    List<Product.Factor> along = along(product, over).factors();
    List<Axis> summed = new ArrayList<>();
    for (Axis axis : over) {
      if (along.stream().anyMatch(factor -> body.axes(factor.node()).contains(axis))) {
        summed.add(axis);
      } else {
        rest = rest.times(axis.size());
      }
    }
    if (along.isEmpty()) {
      return rest;
    }
    int left = value(new Product(1, along.subList(0, 1)), span);
    int right = value(new Product(1, along.subList(1, along.size())), span);
    boolean both = body.axes(left).containsAll(summed) && body.axes(right).containsAll(summed);
    int sum =
        both
            ? body.contract(left, right, summed, span)
            : body.reduce(Reduction.SUM, body.multiply(left, right, span), summed, span);
    return rest.times(sum, false);
  }

  /** Pairs along the rotation's axis turned in the product. */
  Product turned(Product product, Linear.Rotation rotation, Span span) {
    List<Axis> axis = List.of(rotation.axis());
    int along = value(along(product, axis), span);
    if (!body.axes(along).contains(rotation.axis())) {
      // The same number in every channel.
      int zero = body.multiply(body.literal(0, span), body.index(rotation.axis(), span), span);
      along = body.add(along, zero, span);
    }
    int turned = body.turn(along, rotation.angle(), rotation.axis(), rotation.pair(), span);
    return without(product, axis).times(turned, false);
  }

  Product renamed(Product product, Axis from, Axis to, Span span) {
    List<Axis> axis = List.of(from);
    if (!touches(product, axis)) {
      return product;
    }
    int renamed = body.rename(value(along(product, axis), span), from, to, span);
    return without(product, axis).times(renamed, false);
  }
}
