package dev.retain.compiler.recurrence;

import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the values of a recurrence's body as sums of terms that are linear in its states. */
final class Linearizer {
  private final RecurrenceCall call;
  private final Graph body;
  private final boolean[] hasState;
  private final Map<String, Integer> stateByPath = new HashMap<>();
  private final Map<Integer, Integer> stateByNext = new HashMap<>();

  Linearizer(RecurrenceCall call) {
    this.call = call;
    this.body = call.body();
    for (int s = 0; s < call.states().size(); s++) {
      stateByPath.put(call.states().get(s).path(), s);
      stateByNext.putIfAbsent(call.states().get(s).next(), s);
    }
    hasState = new boolean[body.nodes().size()];
    for (Node node : body.nodes()) {
      hasState[node.id()] =
          node.operation() instanceof Operation.State
              || node.operation().operands().stream().anyMatch(o -> hasState[o]);
    }
  }

  boolean dependsOnState(int node) {
    return hasState[node];
  }

  /** The state whose value after the step this node is, or -1. */
  int stateAfter(int node) {
    return stateByNext.getOrDefault(node, -1);
  }

  /** The equation of a state: of the states before the step, and of other states after it. */
  Linear equation(int state) throws NotLinearException {
    int next = call.states().get(state).next();
    return linear(next, next);
  }

  /** The node's value as a read-out. */
  Linear readOut(int node) throws NotLinearException {
    return linear(node, -1);
  }

  /**
   * @param defining the node whose own definition is wanted, which therefore is not read as a state
   */
  private Linear linear(int id, int defining) throws NotLinearException {
    Node node = body.node(id);
    if (id != defining && stateByNext.containsKey(id)) {
      return term(Term.of(stateByNext.get(id), true, node.span()));
    }
    if (!hasState[id]) {
      return new Linear(List.of(), products(id));
    }
    return switch (node.operation()) {
      case Operation.State(String path) -> term(Term.of(stateByPath.get(path), false, node.span()));
      case Operation.Pointwise(Function function, List<Integer> operands) ->
          pointwise(node, function, operands, defining);
      case Operation.Contract(int left, int right, List<Axis> over) ->
          contract(node, left, right, over, defining);
      case Operation.Reduce(Reduction reduction, int operand, List<Axis> over) -> {
        if (reduction != Reduction.SUM) {
          throw notLinear(
              node, "the largest element of a state is not linear in it", "sum over it");
        }
        yield contracted(node, linear(operand, defining), Product.ONE, over);
      }
      case Operation.Turn(int operand, int angle, Axis axis, Axis pair) ->
          turn(node, operand, new Rotation(angle, axis, pair), defining);
      case Operation.Rename r ->
          throw notLinear(
              node, "a state's axis cannot change its name within a step", "use one axis name");
      case Operation.Gather g ->
          throw notLinear(
              node,
              "an element of a state picked by an index is not linear",
              "contract it instead");
      case Operation.Literal l -> throw new AssertionError(node);
      case Operation.Parameter p -> throw new AssertionError(node);
      case Operation.Constant c -> throw new AssertionError(node);
      case Operation.Input i -> throw new AssertionError(node);
      case Operation.Index i -> throw new AssertionError(node);
      case Operation.CumulativeSum _, Operation.RangeProduct _, Operation.Solve _ ->
          throw new IllegalStateException("a step goes along no steps");
      case Operation.Recur r ->
          throw notLinear(
              node, "a recurrence cannot run inside a recurrence", "call it in the layer instead");
    };
  }

  private Linear pointwise(Node node, Function function, List<Integer> operands, int defining)
      throws NotLinearException {
    return switch (function) {
      case ADD -> sum(linear(operands.get(0), defining), linear(operands.get(1), defining), 1);
      case SUBTRACT ->
          sum(linear(operands.get(0), defining), linear(operands.get(1), defining), -1);
      case NEGATE -> scaled(linear(operands.get(0), defining), Product.ONE.times(-1));
      case MULTIPLY -> {
        int left = operands.get(0);
        int right = operands.get(1);
        if (hasState[left] && hasState[right]) {
          throw notLinear(
              node,
              "the product of two values that both depend on the state is not linear in it",
              "one side of the product may read the state, the other only this step's inputs");
        }
        yield hasState[left]
            ? scaled(linear(left, defining), product(right))
            : scaled(linear(right, defining), product(left));
      }
      case DIVIDE -> {
        if (hasState[operands.get(1)]) {
          throw notLinear(
              node,
              "division by a value that depends on the state is not linear in it",
              "keep numerator and denominator as two states and divide in `out`");
        }
        yield scaled(linear(operands.get(0), defining), product(operands.get(1)).inverse());
      }
      case POWER,
          EXP,
          LOG,
          SQRT,
          ERF,
          TANH,
          SIN,
          COS,
          ABS,
          MAX,
          MIN,
          LESS,
          LESS_OR_EQUAL,
          EQUAL,
          SELECT,
          ROUND ->
          throw notLinear(
              node,
              "`"
                  + function.symbol()
                  + "` of a value that depends on the state is not linear in it",
              "apply it in `out`, or to this step's inputs before they meet the state");
    };
  }

  private Linear contract(Node node, int left, int right, List<Axis> over, int defining)
      throws NotLinearException {
    if (hasState[left] && hasState[right]) {
      throw notLinear(
          node,
          "the product of two values that both depend on the state is not linear in it",
          "contract the state with a value of this step's inputs");
    }
    return hasState[left]
        ? contracted(node, linear(left, defining), product(right), over)
        : contracted(node, linear(right, defining), product(left), over);
  }

  private Linear contracted(Node node, Linear value, Product with, List<Axis> over)
      throws NotLinearException {
    if (!value.free().isEmpty()) {
      throw notLinear(
          node,
          "the sum of a state and another value is contracted as one",
          "write the product with each of the two");
    }
    List<Term> terms = new ArrayList<>();
    for (Term term : value.terms()) {
      if (!term.over().isEmpty()) {
        throw notLinear(
            node,
            "a value read from the state is contracted once more",
            "contract the state with both vectors at once: `q * p @ S`");
      }
      terms.add(term.contractedWith(with, over));
    }
    return new Linear(terms, List.of());
  }

  private Linear turn(Node node, int operand, Rotation rotation, int defining)
      throws NotLinearException {
    if (hasState[rotation.angle()]) {
      throw notLinear(
          node,
          "an angle that depends on the state is not linear in it",
          "take the angle from constants or this step's inputs");
    }
    Linear value = linear(operand, defining);
    List<Term> terms = new ArrayList<>();
    for (Term term : value.terms()) {
      boolean commutes =
          term.over().isEmpty()
              && term.turn().isEmpty()
              && term.inner().factors().stream()
                  .noneMatch(f -> body.node(f.node()).axes().contains(rotation.axis()));
      if (!commutes) {
        throw notLinear(
            node,
            "the rotation meets a factor along the same axis, or a second rotation",
            "turn the state itself: `turn(S, angle over K)`");
      }
      terms.add(term.turned(rotation));
    }
    if (!value.free().isEmpty()) {
      throw notLinear(
          node, "the rotation turns more than the state", "turn the state and add the rest");
    }
    return new Linear(terms, List.of());
  }

  private static Linear term(Term term) {
    return new Linear(List.of(term), List.of());
  }

  private static Linear sum(Linear left, Linear right, double sign) {
    List<Term> terms = new ArrayList<>(left.terms());
    List<Product> free = new ArrayList<>(left.free());
    right.terms().forEach(t -> terms.add(sign == 1 ? t : t.times(Product.ONE.times(sign))));
    right.free().forEach(p -> free.add(p.times(sign)));
    return new Linear(terms, free);
  }

  private static Linear scaled(Linear value, Product by) {
    return new Linear(
        value.terms().stream().map(t -> t.times(by)).toList(),
        value.free().stream().map(p -> p.times(by)).toList());
  }

  /** The value as one product; a sum inside stays one factor. */
  private Product product(int id) {
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
  private List<Product> products(int id) {
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

  private static NotLinearException notLinear(Node node, String message, String help) {
    return new NotLinearException(node.span(), message, help);
  }
}
