package dev.retain.compiler.recurrence;

import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the values of a recurrence's body as sums of terms that are linear in its states. */
final class Linearizer {
  private final RecurrenceCall call;
  private final Graph body;
  private final GraphBuilder extended;
  private final Products products;
  private final boolean[] hasState;
  private final Map<String, Integer> stateByPath = new HashMap<>();
  private final Map<Integer, Integer> stateByNext = new HashMap<>();

  Linearizer(RecurrenceCall call) {
    this.call = call;
    this.body = call.body();
    this.extended = GraphBuilder.extending(body);
    this.products = new Products(extended);
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

  Products products() {
    return products;
  }

  /** The body with the values that the equations have got besides. */
  Graph body() {
    return extended.build();
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
      return new Linear(List.of(), products.products(id));
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
      case Operation.Rename(int operand, Axis from, Axis to) ->
          rename(node, linear(operand, defining), from, to);
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
      case Operation.CumulativeSum _,
          Operation.RangeProduct _,
          Operation.Solve _,
          Operation.Scatter _ ->
          throw new IllegalStateException("a step goes along no steps");
      case Operation.Dropout _ -> throw new IllegalStateException("no step of a recurrence draws");
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
            ? scaled(linear(left, defining), products.product(right))
            : scaled(linear(right, defining), products.product(left));
      }
      case DIVIDE -> {
        if (hasState[operands.get(1)]) {
          throw notLinear(
              node,
              "division by a value that depends on the state is not linear in it",
              "keep numerator and denominator as two states and divide in `out`");
        }
        yield scaled(
            linear(operands.get(0), defining), products.product(operands.get(1)).inverse());
      }
      case STOP_GRADIENT ->
          throw notLinear(
              node,
              "a state that derivatives take for a constant is none to the equations",
              "apply `stop_gradient` in `out`, or to this step's inputs before they meet the"
                  + " state");
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
        ? contracted(node, linear(left, defining), products.product(right), over)
        : contracted(node, linear(right, defining), products.product(left), over);
  }

  private Linear contracted(Node node, Linear value, Product with, List<Axis> over)
      throws NotLinearException {
    List<Term> terms = new ArrayList<>();
    for (Term term : value.terms()) {
      terms.add(contracted(node, term, with, over));
    }
    List<Product> free = new ArrayList<>();
    for (Product product : value.free()) {
      free.add(products.summed(product.times(with), over, node.span()));
    }
    return new Linear(terms, free);
  }

  private Term contracted(Node node, Term term, Product with, List<Axis> over)
      throws NotLinearException {
    List<Axis> inState = new ArrayList<>(open(term));
    inState.retainAll(over);
    List<Axis> outside = new ArrayList<>(over);
    outside.removeAll(inState);
    Product factors = products.summed(term.factors().times(with), outside, node.span());
    if (inState.isEmpty()) {
      return term.withFactors(factors);
    }
    if (products.touches(products.along(factors, inState), term.over())) {
      throw notLinear(
          node,
          "what is read from the state meets a value along both of the state's axes",
          "sum over one axis of that value first");
    }
    return term.contractedWith(
        products.along(factors, inState), inState, products.without(factors, inState), node.span());
  }

  /** The axes of the state that the term has not summed over. */
  private List<Axis> open(Term term) {
    List<Axis> axes = new ArrayList<>(call.states().get(term.state()).axes());
    axes.removeAll(term.over());
    return axes;
  }

  private Linear rename(Node node, Linear value, Axis from, Axis to) throws NotLinearException {
    List<Term> terms = new ArrayList<>();
    for (Term term : value.terms()) {
      if (open(term).contains(from)) {
        throw notLinear(
            node, "a state's axis cannot change its name within a step", "use one axis name");
      }
      terms.add(term.withFactors(products.renamed(term.factors(), from, to, node.span())));
    }
    return new Linear(
        terms, value.free().stream().map(p -> products.renamed(p, from, to, node.span())).toList());
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
    List<Axis> axis = List.of(rotation.axis());
    List<Term> terms = new ArrayList<>();
    for (Term term : value.terms()) {
      boolean ofState = open(term).contains(rotation.axis());
      boolean alone =
          term.turn().isEmpty()
              && !products.touches(term.factors(), axis)
              && !products.touches(term.vector(), axis);
      if (ofState && !alone) {
        throw notLinear(
            node,
            "the rotation meets a factor along the same axis, or a second rotation",
            "turn the state itself: `turn(S, angle over K)`");
      }
      terms.add(
          ofState
              ? term.turned(rotation, node.span())
              : term.withFactors(products.turned(term.factors(), rotation, node.span())));
    }
    return new Linear(
        terms, value.free().stream().map(p -> products.turned(p, rotation, node.span())).toList());
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

  private static NotLinearException notLinear(Node node, String message, String help) {
    return new NotLinearException(node.span(), message, help);
  }
}
