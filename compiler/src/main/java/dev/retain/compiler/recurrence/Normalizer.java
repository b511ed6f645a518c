package dev.retain.compiler.recurrence;

import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** From one use of a recurrence to its normal form. */
public final class Normalizer {
  private final RecurrenceCall call;
  private final Linearizer linearizer;

  private Normalizer(RecurrenceCall call) {
    this.call = call;
    this.linearizer = new Linearizer(call);
  }

  /**
   * @throws NotLinearException if a state's equation is not linear in the states
   */
  public static NormalForm normalize(RecurrenceCall call) throws NotLinearException {
    Normalizer normalizer = new Normalizer(call);
    List<NormalForm.Equation> equations = new ArrayList<>();
    for (int s = 0; s < call.states().size(); s++) {
      equations.add(normalizer.equation(s));
    }
    Map<Integer, Linear> readOuts = new TreeMap<>();
    normalizer.readOuts(call.output(), readOuts);
    return new NormalForm(call.withBody(normalizer.linearizer.body()), equations, readOuts);
  }

  private NormalForm.Equation equation(int s) throws NotLinearException {
    RecurrenceCall.State state = call.states().get(s);
    Linear linear = linearizer.equation(s);
    List<Term> own = new ArrayList<>();
    List<Term> reads = new ArrayList<>();
    for (Term term : linear.terms()) {
      (term.state() == s && !term.next() && term.over().isEmpty() ? own : reads).add(term);
    }
    return new NormalForm.Equation(state, decay(state, own), merged(reads), linear.free());
  }

  /** Terms that are written twice, once, with twice the factor: each read is one sequence. */
  private static List<Term> merged(List<Term> terms) {
    Map<Term, Integer> counts = new LinkedHashMap<>();
    terms.forEach(term -> counts.merge(term, 1, Integer::sum));
    return counts.entrySet().stream()
        .map(entry -> entry.getKey().times(Product.ONE.times(entry.getValue())))
        .toList();
  }

  private Decay decay(RecurrenceCall.State state, List<Term> own) throws NotLinearException {
    if (own.isEmpty()) {
      return new Decay(
          Decay.Shape.ZERO, Role.CONST, Product.ONE.times(0), Optional.empty(), Role.CONST);
    }
    Optional<Rotation> turn = own.getFirst().turn();
    for (Term term : own) {
      if (!term.turn().equals(turn)) {
        throw new NotLinearException(
            term.span(),
            "`" + state.name() + "` is the sum of two rotations of itself",
            "turn it once: `a * turn(" + state.name() + ", angle over K)`");
      }
    }
    Product factor =
        linearizer.products().sum(own.stream().map(Term::inner).toList(), own.getFirst().span());
    List<Axis> ownAxes = state.axes().subList(call.mapped().size(), state.axes().size());
    long touched =
        ownAxes.stream()
            .filter(axis -> linearizer.products().touches(factor, List.of(axis)))
            .count();
    Decay.Shape shape =
        touched == 0
            ? factor.equals(Product.ONE) ? Decay.Shape.NONE : Decay.Shape.SCALAR
            : touched == ownAxes.size() && touched > 1 ? Decay.Shape.ELEMENT : Decay.Shape.DIAGONAL;
    Role[] variation = variations(linearizer.body());
    Role varies = Role.CONST;
    for (Product.Factor part : factor.factors()) {
      varies = later(varies, variation[part.node()]);
    }
    Role turning = turn.map(rotation -> variation[rotation.angle()]).orElse(Role.CONST);
    return new Decay(shape, varies, factor, turn, turning);
  }

  /**
   * Finds the read-outs that the node is a function of: the node itself where it is linear in the
   * states, else those of its operands.
   */
  private void readOuts(int id, Map<Integer, Linear> found) throws NotLinearException {
    if (found.containsKey(id) || !linearizer.dependsOnState(id) && linearizer.stateAfter(id) < 0) {
      return;
    }
    try {
      found.put(id, linearizer.readOut(id));
    } catch (NotLinearException tokenWise) {
      Node node = call.body().node(id);
      if (node.operation() instanceof Operation.State) {
        throw tokenWise;
      }
      for (int operand : node.operation().operands()) {
        readOuts(operand, found);
      }
    }
  }

  private Role[] variations(Graph body) {
    Map<String, Role> roles = new HashMap<>();
    call.inputs().forEach(input -> roles.put(input.name(), input.role()));
    Role[] result = new Role[body.nodes().size()];
    for (Node node : body.nodes()) {
      Role role =
          switch (node.operation()) {
            case Operation.Input(String name) -> roles.getOrDefault(name, Role.IN);
            case Operation.State s -> Role.IN;
            case Operation.Parameter p -> Role.PARAM;
            default -> Role.CONST;
          };
      for (int operand : node.operation().operands()) {
        role = later(role, result[operand]);
      }
      result[node.id()] = role;
    }
    return result;
  }

  private static Role later(Role a, Role b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
