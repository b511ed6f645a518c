package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Index;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * An index as a sum of products and one constant, so that an address is a base, terms that change
 * in few loops, terms that change in many, and one displacement.
 *
 * @param terms the factor of each product; a product is the list of what is multiplied
 */
record LinearIndex(SequencedMap<List<Index>, Long> terms, long constant) {
  static LinearIndex of(Index index) {
    return switch (index) {
      case Index.Constant(long value) -> new LinearIndex(new LinkedHashMap<>(), value);
      case Index.Sum(List<Index> parts) ->
          parts.stream().map(LinearIndex::of).reduce(of(Index.ZERO), LinearIndex::plus);
      case Index.Product(List<Index> parts) ->
          parts.stream().map(LinearIndex::of).reduce(of(Index.ONE), LinearIndex::times);
      case Index.Variable _,
          Index.Quotient _,
          Index.Remainder _,
          Index.Element _,
          Index.Minimum _ ->
          atom(index);
    };
  }

  private static LinearIndex atom(Index index) {
    SequencedMap<List<Index>, Long> terms = new LinkedHashMap<>();
    terms.put(List.of(index), 1L);
    return new LinearIndex(terms, 0);
  }

  LinearIndex scaled(long factor) {
    return times(of(Index.of(factor)));
  }

  /** The products with those first that {@code order} puts first. */
  List<Map.Entry<List<Index>, Long>> ordered(Comparator<List<Index>> order) {
    return terms.entrySet().stream()
        .filter(term -> term.getValue() != 0)
        .sorted(Map.Entry.comparingByKey(order))
        .toList();
  }

  private LinearIndex plus(LinearIndex other) {
    SequencedMap<List<Index>, Long> sum = new LinkedHashMap<>(terms);
    other.terms.forEach((product, factor) -> sum.merge(product, factor, Long::sum));
    return new LinearIndex(sum, constant + other.constant);
  }

  private LinearIndex times(LinearIndex other) {
    SequencedMap<List<Index>, Long> result = new LinkedHashMap<>();
    terms.forEach((product, factor) -> result.merge(product, factor * other.constant, Long::sum));
    other.terms.forEach((product, factor) -> result.merge(product, factor * constant, Long::sum));
    terms.forEach((left, leftFactor) ->
        other.terms.forEach((right, rightFactor) -> {
          List<Index> product = new ArrayList<>(left);
          product.addAll(right);
          result.merge(List.copyOf(product), leftFactor * rightFactor, Long::sum);
        }));
    return new LinearIndex(result, constant * other.constant);
  }
}
