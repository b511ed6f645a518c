package dev.retain.compiler.recurrence;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import dev.retain.compiler.tensor.ShortNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Values of a recurrence's step as formulas: {@code q_n} is this step's input, {@code S_{n-1}} a
 * state before the step and {@code S_n} after it. What several formulas share, and is more than a
 * name, is a formula of its own.
 */
final class BodyText {
  /** How tightly a formula binds. */
  private enum Level {
    SUM,
    PRODUCT,
    UNARY,
    ATOM
  }

  private record Formula(String text, Level level) {
    String atLeast(Level needed) {
      return level.compareTo(needed) >= 0 ? text : "(" + text + ")";
    }
  }

  private final RecurrenceCall call;
  private final Map<String, Role> roles = new HashMap<>();
  private final Map<Integer, String> names = new HashMap<>();
  private final int[] readers;
  private final TreeMap<Integer, String> shared = new TreeMap<>();

  /**
   * @param names nodes that have a name of their own
   */
  BodyText(RecurrenceCall call, Map<Integer, String> names) {
    this.call = call;
    this.readers = new int[call.body().nodes().size()];
    this.names.putAll(names);
    call.inputs().forEach(input -> roles.put(input.name(), input.role()));
    for (Node node : call.body().nodes()) {
      node.operation().operands().forEach(operand -> readers[operand]++);
    }
  }

  /** The formulas that others have named so far, in the order in which they can be computed. */
  SequencedMap<Integer, String> shared() {
    return shared;
  }

  String value(int id) {
    return formula(id).text();
  }

  /** The product, its factors in parentheses where they are sums. */
  String product(Product product) {
    String text =
        product.factors().stream()
            .map(factor ->
                factor.inverse()
                    ? "1/" + formula(factor.node()).atLeast(Level.ATOM)
                    : formula(factor.node()).atLeast(Level.UNARY))
            .collect(Collectors.joining(" "));
    if (text.isEmpty()) {
      return ShortNumber.text(product.scale());
    }
    return product.scale() == 1
        ? text
        : product.scale() == -1 ? "-" + text : ShortNumber.text(product.scale()) + " " + text;
  }

  String state(int state, boolean after) {
    return call.states().get(state).name() + (after ? "_n" : "_{n-1}");
  }

  private Formula formula(int id) {
    String name = names.get(id);
    if (name != null) {
      return new Formula(name, Level.ATOM);
    }
    Formula formula = written(call.body().node(id));
    if (readers[id] > 1 && formula.level() != Level.ATOM) {
      name = "x" + (shared.size() + 1);
      names.put(id, name);
      shared.put(id, name + " = " + formula.text());
      return new Formula(name, Level.ATOM);
    }
    return formula;
  }

  private Formula written(Node node) {
    return switch (node.operation()) {
      case Operation.Literal(double value) ->
          new Formula(ShortNumber.text(value), value < 0 ? Level.UNARY : Level.ATOM);
      case Operation.Parameter(String path) -> new Formula(path, Level.ATOM);
      case Operation.Constant(String path) -> new Formula(path, Level.ATOM);
      case Operation.Input(String name) ->
          new Formula(roles.get(name) == Role.IN ? name + "_n" : name, Level.ATOM);
      case Operation.State(String path) -> new Formula(before(path), Level.ATOM);
      case Operation.Index(Axis axis) -> new Formula("index of " + axis.name(), Level.UNARY);
      case Operation.Pointwise(Function function, List<Integer> operands) ->
          pointwise(function, operands);
      case Operation.Contract(int left, int right, List<Axis> over) ->
          new Formula(
              "sum_%s %s %s"
                  .formatted(
                      axes(over),
                      formula(left).atLeast(Level.UNARY),
                      formula(right).atLeast(Level.UNARY)),
              Level.SUM);
      case Operation.Reduce(var reduction, int operand, List<Axis> over) ->
          new Formula(
              "%s_%s %s"
                  .formatted(
                      reduction.name().toLowerCase(Locale.ROOT),
                      axes(over),
                      formula(operand).atLeast(Level.UNARY)),
              Level.SUM);
      case Operation.Gather(int table, Axis axis, int index) ->
          new Formula(
              formula(table).atLeast(Level.ATOM) + "[" + formula(index).text() + "]", Level.ATOM);
      case Operation.Turn(int operand, int angle, Axis axis, Axis pair) ->
          new Formula(
              rotation(new Linear.Rotation(angle, axis, pair))
                  + " "
                  + formula(operand).atLeast(Level.ATOM),
              Level.PRODUCT);
      case Operation.Rename(int operand, Axis from, Axis to) ->
          new Formula(
              formula(operand).atLeast(Level.ATOM) + "[" + from.name() + " as " + to.name() + "]",
              Level.ATOM);
      case Operation.CumulativeSum _,
          Operation.RangeProduct _,
          Operation.Solve _,
          Operation.Scatter _ ->
          throw new IllegalStateException("a step goes along no steps");
      case Operation.Dropout _ -> throw new IllegalStateException("no step of a recurrence draws");
      case Operation.Recur(RecurrenceCall inner, var arguments) ->
          new Formula(inner.name(), Level.ATOM);
    };
  }

  /** {@code R(angle)}: pairs of channels turned by it. */
  String rotation(Linear.Rotation rotation) {
    return "R(" + formula(rotation.angle()).text() + ")";
  }

  static String axes(List<Axis> axes) {
    String names = axes.stream().map(Axis::name).collect(Collectors.joining(","));
    return axes.size() == 1 ? names : "{" + names + "}";
  }

  private String before(String path) {
    for (int s = 0; s < call.states().size(); s++) {
      if (call.states().get(s).path().equals(path)) {
        return state(s, false);
      }
    }
    throw new IllegalStateException("no state " + path);
  }

  private Formula pointwise(Function function, List<Integer> operands) {
    List<Formula> parts = operands.stream().map(this::formula).toList();
    return switch (function) {
      case ADD ->
          new Formula(parts.get(0).text() + " + " + parts.get(1).atLeast(Level.PRODUCT), Level.SUM);
      case SUBTRACT ->
          new Formula(parts.get(0).text() + " - " + parts.get(1).atLeast(Level.PRODUCT), Level.SUM);
      case MULTIPLY ->
          new Formula(
              parts.get(0).atLeast(Level.PRODUCT) + " * " + parts.get(1).atLeast(Level.UNARY),
              Level.PRODUCT);
      case DIVIDE ->
          new Formula(
              parts.get(0).atLeast(Level.PRODUCT) + " / " + parts.get(1).atLeast(Level.UNARY),
              Level.PRODUCT);
      case POWER ->
          new Formula(
              parts.get(0).atLeast(Level.ATOM) + "^" + parts.get(1).atLeast(Level.ATOM),
              Level.UNARY);
      case NEGATE -> new Formula("-" + parts.get(0).atLeast(Level.UNARY), Level.UNARY);
      case EXP,
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
          ROUND,
          STOP_GRADIENT ->
          new Formula(
              parts.stream()
                  .map(Formula::text)
                  .collect(Collectors.joining(", ", function.symbol() + "(", ")")),
              Level.ATOM);
    };
  }
}
