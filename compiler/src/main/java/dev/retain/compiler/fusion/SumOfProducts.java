package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Function;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A value that is a sum of products' elements, each with a factor.
 *
 * @param value the sum as it is written
 */
record SumOfProducts(Scalar value, List<Addend> addends) {
  /**
   * @param made the product's element
   */
  record Addend(Scalar factor, Scalar.Element made) {}

  private static final Scalar ONE = new Scalar.Literal(1);

  SumOfProducts {
    addends = List.copyOf(addends);
  }

  /**
   * The largest sum of at least two products within a value, if all else of it reads none of them.
   *
   * @param isProduct whether an element is a product's
   */
  static Optional<SumOfProducts> in(Scalar value, Predicate<Scalar.Element> isProduct) {
    return in(value, isProduct, new ArrayList<>()).stream()
        .filter(sum -> sum.isOfDifferent() && sum.isReadAlone(value))
        .findFirst();
  }

  private static List<SumOfProducts> in(
      Scalar value, Predicate<Scalar.Element> isProduct, List<Scalar> seen) {
    if (!(value instanceof Scalar.Apply(var function, List<Scalar> operands))
        || seen.stream().anyMatch(other -> other == value)) {
      return List.of();
    }
    seen.add(value);
    List<Addend> addends = addends(value, isProduct);
    return addends.size() > 1
        ? List.of(new SumOfProducts(value, addends))
        : operands.stream().flatMap(o -> in(o, isProduct, seen).stream()).toList();
  }

  private boolean isOfDifferent() {
    return products().size() == addends.size();
  }

  /** Whether the value reads the products in this sum only. */
  private boolean isReadAlone(Scalar inside) {
    return Stage.elements(replacedIn(inside, ONE)).stream()
        .noneMatch(element -> products().contains(element.buffer()));
  }

  /** The targets of the products. */
  Set<Buffer> products() {
    Set<Buffer> products = new HashSet<>();
    addends.forEach(addend -> products.add(addend.made().buffer()));
    return products;
  }

  /** The buffers that the factors read. */
  Set<Buffer> factors() {
    Set<Buffer> factors = new HashSet<>();
    addends.forEach(addend ->
        Stage.elements(addend.factor()).forEach(element -> factors.add(element.buffer())));
    return factors;
  }

  /** A value with something else in the place of this sum; shared parts stay shared. */
  Scalar replacedIn(Scalar inside, Scalar other) {
    Map<Scalar, Scalar> done = new IdentityHashMap<>();
    done.put(value, other);
    return replaced(inside, done);
  }

  private static Scalar replaced(Scalar inside, Map<Scalar, Scalar> done) {
    Scalar known = done.get(inside);
    if (known == null) {
      known =
          inside instanceof Scalar.Apply(var function, List<Scalar> operands)
              ? new Scalar.Apply(
                  function, operands.stream().map(operand -> replaced(operand, done)).toList())
              : inside;
      done.put(inside, known);
    }
    return known;
  }

  /** What a value adds up, if it does nothing else; else nothing. */
  private static List<Addend> addends(Scalar value, Predicate<Scalar.Element> isProduct) {
    return switch (value) {
      case Scalar.Element element when isProduct.test(element) -> List.of(new Addend(ONE, element));
      case Scalar.Apply(Function function, List<Scalar> operands) when function == Function.ADD ->
          both(addends(operands.getFirst(), isProduct), addends(operands.getLast(), isProduct));
      case Scalar.Apply(Function function, List<Scalar> operands)
          when function == Function.SUBTRACT ->
          both(
              addends(operands.getFirst(), isProduct),
              times(new Scalar.Literal(-1), addends(operands.getLast(), isProduct)));
      case Scalar.Apply(Function function, List<Scalar> operands)
          when function == Function.MULTIPLY -> {
        List<Addend> first = addends(operands.getFirst(), isProduct);
        List<Addend> last = addends(operands.getLast(), isProduct);
        yield first.isEmpty()
            ? times(operands.getFirst(), last)
            : last.isEmpty() ? times(operands.getLast(), first) : List.of();
      }
      default -> List.of();
    };
  }

  private static List<Addend> both(List<Addend> first, List<Addend> second) {
    if (first.isEmpty() || second.isEmpty()) {
      return List.of();
    }
    List<Addend> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private static List<Addend> times(Scalar factor, List<Addend> addends) {
    return addends.stream()
        .map(addend ->
            new Addend(
                addend.factor().equals(ONE)
                    ? factor
                    : new Scalar.Apply(Function.MULTIPLY, List.of(factor, addend.factor())),
                addend.made()))
        .toList();
  }
}
