package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.TensorProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What is added to each gradient. A weight that is used several times gets a sum: if products are
 * among its terms, each term is added by itself, so that no product needs memory of its own.
 */
final class GradientTerms {
  private final Graph graph;
  private final Uses uses;
  private final Predicate<Node> isProduct;
  private final Map<Integer, List<String>> names = new HashMap<>();
  private final Set<Integer> takenApart = new HashSet<>();
  private final Set<Integer> products = new HashSet<>();

  /**
   * @param isProduct whether a product can be added as it is made
   */
  GradientTerms(TensorProgram program, Uses uses, Predicate<Node> isProduct) {
    this.graph = program.graph();
    this.uses = uses;
    this.isProduct = isProduct;
    Map<Integer, List<String>> whole = new HashMap<>();
    program
        .gradients()
        .forEach((name, id) -> whole.computeIfAbsent(id, _ -> new ArrayList<>()).add(name));
    whole.forEach((id, known) -> add(graph.node(id), known));
  }

  private void add(Node node, List<String> known) {
    List<Node> terms = new ArrayList<>();
    List<Node> sums = new ArrayList<>();
    List<Node> found = new ArrayList<>();
    if (known.size() == 1 && !uses.isReadOrReturned(node)) {
      collect(node, terms, sums, found);
    }
    if (found.isEmpty()) {
      addName(node, known);
      return;
    }
    found.forEach(product -> products.add(product.id()));
    sums.forEach(sum -> takenApart.add(sum.id()));
    terms.forEach(term -> addName(term, known));
  }

  private void addName(Node term, List<String> known) {
    names.computeIfAbsent(term.id(), _ -> new ArrayList<>()).addAll(known);
  }

  /** The terms, in order, of a value that nobody else reads. */
  private void collect(Node node, List<Node> terms, List<Node> sums, List<Node> found) {
    if (!(node.operation() instanceof Operation.Pointwise(var function, List<Integer> operands))
        || function != Function.ADD) {
      terms.add(node);
      if (isProduct.test(node)) {
        found.add(node);
      }
      return;
    }
    sums.add(node);
    for (int operand : operands) {
      Node term = graph.node(operand);
      if (uses.isResult(term) || uses.consumers(term).size() > 1) {
        terms.add(term);
      } else {
        collect(term, terms, sums, found);
      }
    }
  }

  /** The gradients that the value is added to. */
  List<String> of(Node node) {
    return names.getOrDefault(node.id(), List.of());
  }

  /** Whether the value is a product that is added as it is made, and by nobody else read. */
  boolean isProduct(Node node) {
    return products.contains(node.id());
  }

  /** Whether the value is a sum that nobody makes, since its terms are added one by one. */
  boolean isTakenApart(Node node) {
    return takenApart.contains(node.id());
  }
}
