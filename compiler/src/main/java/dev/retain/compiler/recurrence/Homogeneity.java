package dev.retain.compiler.recurrence;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Reduction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What becomes of values of a body when some of them are all multiplied with one positive factor: a
 * value of degree n is multiplied with its n-th power. Of maxima, roots and the like that would
 * hold as well, but could not be proved of the forms that rely on it.
 */
final class Homogeneity {
  /** Of 0, which any factor leaves as it is. */
  private static final double ANY = Double.POSITIVE_INFINITY;

  private static final double NONE = Double.NaN;

  private final Graph body;
  private final Set<Integer> multiplied;
  private final List<Axis> axes;
  private final Map<Integer, Double> degrees = new HashMap<>();

  /**
   * @param multiplied the nodes that the factor multiplies
   * @param axes along which the factor differs
   */
  Homogeneity(Graph body, Set<Integer> multiplied, List<Axis> axes) {
    this.body = body;
    this.multiplied = multiplied;
    this.axes = axes;
  }

  /** Whether the node stays as it is. */
  boolean isOfDegreeZero(int node) {
    return degree(node) == 0;
  }

  private double degree(int id) {
    Double known = degrees.get(id);
    if (known == null) {
      known = multiplied.contains(id) ? 1 : degree(body.node(id));
      degrees.put(id, known);
    }
    return known;
  }

  private double degree(Node node) {
    return switch (node.operation()) {
      case Operation.Literal(double value) -> value == 0 ? ANY : 0;
      case Operation.Parameter _,
          Operation.Constant _,
          Operation.Input _,
          Operation.State _,
          Operation.Index _ ->
          0;
      case Operation.Pointwise(Function function, List<Integer> operands) ->
          pointwise(function, operands);
      case Operation.Contract(int left, int right, List<Axis> over) ->
          mixed(product(degree(left), degree(right), 1), over);
      case Operation.Reduce(Reduction reduction, int operand, List<Axis> over) ->
          reduction == Reduction.SUM ? mixed(degree(operand), over) : unchanged(List.of(operand));
      case Operation.Gather(int table, Axis axis, int index) ->
          isUnchanged(degree(index)) ? mixed(degree(table), List.of(axis)) : NONE;
      case Operation.Turn(int operand, int angle, Axis axis, Axis _) ->
          isUnchanged(degree(angle)) ? mixed(degree(operand), List.of(axis)) : NONE;
      case Operation.Rename(int operand, Axis from, Axis _) ->
          mixed(degree(operand), List.of(from));
      case Operation.CumulativeSum _,
          Operation.RangeProduct _,
          Operation.Solve _,
          Operation.Scatter _ ->
          throw new IllegalStateException("a step goes along no steps");
      case Operation.Dropout _ -> throw new IllegalStateException("no step of a recurrence draws");
      case Operation.Recur _ -> NONE;
    };
  }

  /** Elements along axes of the factor have different factors, and do not mix. */
  private double mixed(double degree, List<Axis> over) {
    return isUnchanged(degree) || over.stream().noneMatch(axes::contains) ? degree : NONE;
  }

  private double pointwise(Function function, List<Integer> operands) {
    double first = degree(operands.getFirst());
    double last = degree(operands.getLast());
    return switch (function) {
      case ADD, SUBTRACT -> same(first, last);
      case MULTIPLY -> product(first, last, 1);
      case DIVIDE -> product(first, last, -1);
      case NEGATE, ROUND, STOP_GRADIENT -> first;
      case SELECT -> isUnchanged(first) ? same(degree(operands.get(1)), last) : NONE;
      case POWER ->
          body.node(operands.getLast()).operation() instanceof Operation.Literal(double power)
                  && power == Math.rint(power)
                  && first != ANY
              ? first * power
              : unchanged(operands);
      case EXP, LOG, SQRT, ERF, TANH, SIN, COS, ABS, MAX, MIN, LESS, LESS_OR_EQUAL, EQUAL ->
          unchanged(operands);
    };
  }

  private double unchanged(List<Integer> operands) {
    return operands.stream().allMatch(operand -> isUnchanged(degree(operand))) ? 0 : NONE;
  }

  private static boolean isUnchanged(double degree) {
    return degree == 0 || degree == ANY;
  }

  private static double same(double left, double right) {
    return left == right || right == ANY ? left : left == ANY ? right : NONE;
  }

  private static double product(double left, double right, int sign) {
    return left == ANY || right == ANY ? ANY : left + sign * right;
  }
}
