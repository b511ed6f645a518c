package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Decay;
import dev.retain.compiler.recurrence.Linear;
import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.recurrence.RecurrenceCall;
import dev.retain.compiler.recurrence.Role;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A block of steps at once, from the state before it: the parallel form where the block is the
 * whole sequence, the chunkwise form where it is a chunk.
 *
 * <p>For {@code S' = g S + sum of u w} with a scalar g, writes split into factors u along the axes
 * that a read-out with q sums over and w along the others, and c the clock,
 *
 * <pre>
 *   o_t   = g^c_t q_t . S_0 + sum over s of [s counts for t] g^(c_t - c_s) (q_t . u_s) w_s
 *   S_end = g^c_end S_0     + sum over s of [s counts] g^(c_end - c_s) u_s w_s
 * </pre>
 *
 * Exponents are differences of clocks, so they are those of the block's real length, and powers are
 * taken of differences, never quotients of powers: a decay may be 0 or negative.
 */
final class BlockExpansion {
  private final NormalForm form;
  private final RecurrenceCall call;
  private final GraphBuilder graph;
  private final Clock clock;
  private final GraphCopy copy;

  private BlockExpansion(
      NormalForm form, Map<String, Integer> inputs, GraphBuilder graph, boolean ragged) {
    this.form = form;
    this.call = form.call();
    this.graph = graph;
    this.clock = new Clock(graph, ragged, call.span());
    this.copy =
        new GraphCopy(
            call.body(),
            graph,
            node ->
                node.operation() instanceof Operation.Input(String name) ? inputs.get(name) : -1);
  }

  static int expand(
      NormalForm form,
      Map<String, Integer> inputs,
      GraphBuilder graph,
      boolean ragged,
      Map<String, Integer> nextStates)
      throws UnsupportedFormException {
    check(form);
    return new BlockExpansion(form, inputs, graph, ragged).expand(inputs, nextStates);
  }

  static void check(NormalForm form) throws UnsupportedFormException {
    for (NormalForm.Equation equation : form.equations()) {
      check(equation);
    }
    for (Linear readOut : form.readOuts().values()) {
      for (Term term : readOut.terms()) {
        if (term.turn().isPresent()) {
          checkTurned(form, term, term.turn().get().axis());
        }
      }
    }
  }

  /** A rotation moves to the vector that sums over its axis, or to the result that keeps it. */
  private static void checkTurned(NormalForm form, Term term, Axis axis)
      throws UnsupportedFormException {
    boolean vectorHasAxis =
        term.inner().times(term.vector()).factors().stream()
            .anyMatch(factor -> form.call().body().node(factor.node()).axes().contains(axis));
    if (!term.over().isEmpty() && term.over().contains(axis) != vectorHasAxis) {
      throw new UnsupportedFormException(
          term.span(),
          "a state is turned along " + axis.name() + " and read along other axes",
          "turn what is read, or sum over " + axis.name() + " with a vector along it");
    }
  }

  private static void check(NormalForm.Equation equation) throws UnsupportedFormException {
    RecurrenceCall.State state = equation.state();
    Decay decay = equation.decay();
    String name = "`" + state.name() + "`";
    if (!equation.reads().isEmpty()) {
      throw new UnsupportedFormException(
          equation.reads().getFirst().span(),
          name + " is written with what is read from a state",
          "this version compiles steps of the form `"
              + state.name()
              + "' = decay * "
              + state.name()
              + " + ...`, where nothing else reads a state");
    }
    boolean scalar =
        switch (decay.shape()) {
          case ZERO, NONE, SCALAR -> true;
          case DIAGONAL, ELEMENT -> false;
        };
    if (!scalar || decay.variation() == Role.IN) {
      throw new UnsupportedFormException(
          state.span(),
          name
              + " decays by "
              + (scalar ? "a factor that changes from step to step" : "a factor for each channel"),
          "this version compiles one factor for the whole state, the same at every step:"
              + " `const gamma: []` or `param gamma: []`");
    }
    if (state.initial() != 0) {
      throw new UnsupportedFormException(
          state.span(),
          name + " does not start from 0",
          "this version compiles states that start from 0");
    }
  }

  private int expand(Map<String, Integer> inputs, Map<String, Integer> nextStates) {
    Map<Integer, Integer> readOuts = new HashMap<>();
    form.readOuts().forEach((id, linear) -> readOuts.put(id, readOut(id, linear)));
    for (NormalForm.Equation equation : form.equations()) {
      nextStates.put(equation.state().path(), endState(equation));
    }
    GraphCopy output =
        new GraphCopy(
            call.body(),
            graph,
            node -> {
              if (readOuts.containsKey(node.id())) {
                return readOuts.get(node.id());
              }
              return node.operation() instanceof Operation.Input(String name)
                  ? inputs.get(name)
                  : -1;
            });
    return output.copy(call.output());
  }

  private int readOut(int id, Linear linear) {
    Span span = call.body().node(id).span();
    int sum = -1;
    for (Term term : linear.terms()) {
      sum = plus(sum, term(term, span), span);
    }
    for (Product free : linear.free()) {
      sum = plus(sum, value(free.scale(), values(free), span), span);
    }
    return sum;
  }

  private int term(Term term, Span span) {
    NormalForm.Equation equation = form.equations().get(term.state());
    Product vector = term.inner().times(term.vector());
    // Where nothing is summed over, the vector is a factor of the result like any other.
    Product outer = term.over().isEmpty() ? term.outer().times(vector) : term.outer();
    Product within = term.over().isEmpty() ? Product.ONE : vector;
    int query = value(within.scale(), values(within), span);
    boolean turnsQuery = term.turn().isPresent() && term.over().contains(term.turn().get().axis());
    if (turnsQuery) {
      query = turned(query, term.turn().get(), -1, span);
    }
    int steps = term.next() ? clock.after() : clock.before();
    int kept = graph.multiply(clock.keeps(), power(equation.decay(), steps, span), span);
    int carried = contracted(query, state(equation), term.over(), span);
    int sum = graph.multiply(kept, carried, span);
    int decays =
        graph.pointwise(
            Function.SELECT,
            span,
            clock.reaches(term.next()),
            power(equation.decay(), clock.subtract(steps, clock.atSource(clock.after())), span),
            graph.literal(0, span));
    for (Product write : equation.writes()) {
      sum = graph.add(sum, written(write, query, term.over(), decays, span), span);
    }
    if (term.turn().isPresent() && !turnsQuery) {
      sum = turned(sum, term.turn().get(), 1, span);
    }
    return graph.multiply(value(outer.scale(), values(outer), span), sum, span);
  }

  private int turned(int value, Rotation rotation, int sign, Span span) {
    int angle = graph.multiply(graph.literal(sign, span), copy.copy(rotation.angle()), span);
    return graph.turn(value, angle, rotation.axis(), rotation.pair(), span);
  }

  /** What one write of all steps gives a read-out: scores of steps by steps, times the values. */
  private int written(Product write, int query, List<Axis> over, int decays, Span span) {
    List<Integer> read = new ArrayList<>();
    List<Integer> kept = new ArrayList<>();
    for (int factor : values(write)) {
      int source = clock.atSource(factor);
      List<Axis> axes = graph.axes(source);
      if (axes.stream().anyMatch(over::contains)) {
        read.add(source);
      } else {
        kept.add(source);
      }
    }
    int scores = contracted(query, value(1, read, span), over, span);
    int weights = over.isEmpty() ? decays : graph.multiply(decays, scores, span);
    int sum =
        kept.isEmpty()
            ? graph.reduce(Reduction.SUM, weights, List.of(Axis.SOURCE), span)
            : sumOverSource(weights, value(1, kept, span), span);
    return graph.multiply(graph.literal(write.scale(), span), sum, span);
  }

  /** The sum of products over axes of which either side, or both, may be the same along some. */
  private int contracted(int left, int right, List<Axis> over, Span span) {
    List<Axis> inLeft = over.stream().filter(graph.axes(left)::contains).toList();
    List<Axis> inRight = over.stream().filter(graph.axes(right)::contains).toList();
    List<Axis> inBoth = inLeft.stream().filter(inRight::contains).toList();
    List<Axis> leftOnly = inLeft.stream().filter(axis -> !inBoth.contains(axis)).toList();
    List<Axis> rightOnly = inRight.stream().filter(axis -> !inBoth.contains(axis)).toList();
    int product =
        graph.contract(
            graph.reduce(Reduction.SUM, left, leftOnly, span),
            graph.reduce(Reduction.SUM, right, rightOnly, span),
            inBoth,
            span);
    long times =
        over.stream()
            .filter(axis -> !inLeft.contains(axis) && !inRight.contains(axis))
            .mapToLong(Axis::size)
            .reduce(1, (a, b) -> a * b);
    return graph.multiply(graph.literal(times, span), product, span);
  }

  private int endState(NormalForm.Equation equation) {
    Span span = equation.state().span();
    int kept = graph.multiply(clock.keepsToEnd(), power(equation.decay(), clock.end(), span), span);
    int sum = graph.multiply(kept, state(equation), span);
    int left = clock.subtract(clock.end(), clock.atSource(clock.after()));
    int weights = graph.multiply(clock.reachesEnd(), power(equation.decay(), left, span), span);
    for (Product write : equation.writes()) {
      sum = graph.add(sum, writtenToEnd(write, weights, span), span);
    }
    return sum;
  }

  /** Sums over the steps the product of the factors, as one product of two matrices. */
  private int writtenToEnd(Product write, int weights, Span span) {
    List<Integer> factors = new ArrayList<>();
    values(write).forEach(factor -> factors.add(clock.atSource(factor)));
    // Factors that share an axis with the first go to its side.
    List<Integer> left = new ArrayList<>();
    List<Axis> leftAxes = new ArrayList<>();
    boolean grown = !factors.isEmpty();
    while (grown) {
      grown = false;
      for (int factor : List.copyOf(factors)) {
        List<Axis> own = ownAxes(factor);
        if (leftAxes.isEmpty() || own.isEmpty() || own.stream().anyMatch(leftAxes::contains)) {
          leftAxes.addAll(own);
          left.add(factor);
          factors.remove((Integer) factor);
          grown = true;
        }
      }
    }
    int product = left.isEmpty() ? weights : graph.multiply(weights, value(1, left, span), span);
    int sum =
        factors.isEmpty()
            ? reduceSource(product, span)
            : sumOverSource(product, value(1, factors, span), span);
    return graph.multiply(graph.literal(write.scale(), span), sum, span);
  }

  /** A sum over the steps; a product that is the same at every step is counted for each. */
  private int sumOverSource(int left, int right, Span span) {
    boolean leftVaries = graph.axes(left).contains(Axis.SOURCE);
    boolean rightVaries = graph.axes(right).contains(Axis.SOURCE);
    if (leftVaries && rightVaries) {
      return graph.contract(left, right, List.of(Axis.SOURCE), span);
    }
    if (leftVaries) {
      return graph.multiply(
          graph.reduce(Reduction.SUM, left, List.of(Axis.SOURCE), span), right, span);
    }
    return graph.multiply(left, reduceSource(right, span), span);
  }

  private int reduceSource(int value, Span span) {
    if (graph.axes(value).contains(Axis.SOURCE)) {
      return graph.reduce(Reduction.SUM, value, List.of(Axis.SOURCE), span);
    }
    return graph.multiply(value, clock.end(), span);
  }

  private List<Axis> ownAxes(int node) {
    return graph.axes(node).stream()
        .filter(axis -> axis.isFixed() && !call.mapped().contains(axis))
        .toList();
  }

  private int state(NormalForm.Equation equation) {
    List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
    axes.addAll(equation.state().axes());
    return graph.state(equation.state().path(), axes, equation.state().span());
  }

  /** The decay to the power of a number of steps. */
  private int power(Decay decay, int steps, Span span) {
    int factor = value(decay.factor().scale(), values(decay.factor()), span);
    int rounded = isLiteral(factor) ? factor : graph.pointwise(Function.ROUND, span, factor);
    return graph.pointwise(Function.POWER, span, rounded, steps);
  }

  private boolean isLiteral(int node) {
    return graph.node(node).operation() instanceof Operation.Literal;
  }

  private List<Integer> values(Product product) {
    List<Integer> values = new ArrayList<>();
    for (Product.Factor factor : product.factors()) {
      int value = copy.copy(factor.node());
      values.add(
          factor.inverse()
              ? graph.pointwise(Function.DIVIDE, call.span(), graph.literal(1, call.span()), value)
              : value);
    }
    return values;
  }

  private int value(double scale, List<Integer> factors, Span span) {
    int result = graph.literal(scale, span);
    for (int factor : factors) {
      result = graph.multiply(result, factor, span);
    }
    return result;
  }

  private int plus(int sum, int value, Span span) {
    return sum < 0 ? value : graph.add(sum, value, span);
  }
}
