package dev.retain.compiler.decays;

import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Reduction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Between which numbers the values of a graph lie, whatever is put into it. */
final class Bounds {
  private static final Interval ANYTHING =
      new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  private static final Interval NOT_NEGATIVE = new Interval(0, Double.POSITIVE_INFINITY);

  private static final Interval POSITIVE = new Interval(Double.MIN_VALUE, Double.POSITIVE_INFINITY);

  private record Interval(double low, double high) {
    /** The least interval with all of these numbers. */
    static Interval of(double... ends) {
      return DoubleStream.of(ends).anyMatch(Double::isNaN)
          ? ANYTHING
          : new Interval(
              DoubleStream.of(ends).min().orElseThrow(), DoubleStream.of(ends).max().orElseThrow());
    }

    /** For functions that never fall. */
    Interval map(Function function) {
      return of(function.apply(low), function.apply(high));
    }
  }

  private final Graph graph;
  private final Map<Integer, Interval> known = new HashMap<>();

  Bounds(Graph graph) {
    this.graph = graph;
  }

  boolean isNeverNegative(int id) {
    return interval(id).low() >= 0;
  }

  /** Not even 0; what is below the smallest number counts as more than 0. */
  boolean isPositive(int id) {
    return interval(id).low() > 0;
  }

  private Interval interval(int id) {
    Interval found = known.get(id);
    if (found == null) {
      found = compute(id);
      known.put(id, found);
    }
    return found;
  }

  private Interval compute(int id) {
    return switch (graph.node(id).operation()) {
      case Operation.Literal(double value) -> Interval.of(value);
      case Operation.Index i -> NOT_NEGATIVE;
      case Operation.Rename(int operand, var from, var to) -> interval(operand);
      case Operation.Dropout(int operand, double rate, int site) -> interval(operand);
      case Operation.Scatter(int value, var axis, var index) ->
          isNeverNegative(value) ? NOT_NEGATIVE : ANYTHING;
      case Operation.Gather(int table, var axis, var index) -> interval(table);
      case Operation.Pointwise(Function function, List<Integer> operands) ->
          pointwise(function, operands);
      case Operation.Contract(int left, int right, var over) ->
          isNeverNegative(left) && isNeverNegative(right) ? NOT_NEGATIVE : ANYTHING;
      case Operation.Reduce(Reduction reduction, int operand, var over) ->
          switch (reduction) {
            case SUM -> isNeverNegative(operand) ? NOT_NEGATIVE : ANYTHING;
            case MAXIMUM -> interval(operand);
          };
      case Operation.CumulativeSum(int operand, var direction) ->
          isNeverNegative(operand) ? NOT_NEGATIVE : ANYTHING;
      case Operation.RangeProduct(int operand, var from, var to) ->
          isNeverNegative(operand) ? NOT_NEGATIVE : ANYTHING;
      case Operation.Parameter _,
          Operation.Constant _,
          Operation.Input _,
          Operation.State _,
          Operation.Turn _,
          Operation.Solve _,
          Operation.Recur _ ->
          ANYTHING;
    };
  }

  private Interval pointwise(Function function, List<Integer> operands) {
    Interval x = interval(operands.getFirst());
    Interval y = interval(operands.get(Math.min(1, operands.size() - 1)));
    return switch (function) {
      case ADD -> Interval.of(x.low() + y.low(), x.high() + y.high());
      case SUBTRACT -> Interval.of(x.low() - y.high(), x.high() - y.low());
      case NEGATE -> Interval.of(-x.low(), -x.high());
      case MULTIPLY ->
          operands.getFirst().equals(operands.get(1))
              ? NOT_NEGATIVE
              : Interval.of(
                  times(x.low(), y.low()),
                  times(x.low(), y.high()),
                  times(x.high(), y.low()),
                  times(x.high(), y.high()));
      case DIVIDE -> quotient(x, y);
      case POWER -> x.low() > 0 ? POSITIVE : x.low() == 0 ? NOT_NEGATIVE : ANYTHING;
      case EXP -> new Interval(atLeastSmallest(Math.exp(x.low())), Math.exp(x.high()));
      case SQRT, ROUND, STOP_GRADIENT -> x.map(function);
      case LOG -> x.low() >= 0 ? x.map(function) : ANYTHING;
      case ABS ->
          x.low() >= 0 ? x : new Interval(0, Math.max(Math.abs(x.low()), Math.abs(x.high())));
      case MAX -> new Interval(Math.max(x.low(), y.low()), Math.max(x.high(), y.high()));
      case MIN -> new Interval(Math.min(x.low(), y.low()), Math.min(x.high(), y.high()));
      case ERF, TANH, SIN, COS -> new Interval(-1, 1);
      case LESS, LESS_OR_EQUAL, EQUAL -> new Interval(0, 1);
      case SELECT -> {
        Interval z = interval(operands.get(2));
        yield Interval.of(y.low(), y.high(), z.low(), z.high());
      }
    };
  }

  /** No interval's end is reached if it is infinite, so 0 times it is 0. */
  private static double times(double a, double b) {
    return a == 0 || b == 0 ? 0 : a > 0 && b > 0 ? atLeastSmallest(a * b) : a * b;
  }

  private static double atLeastSmallest(double number) {
    return Math.max(number, Double.MIN_VALUE);
  }

  private static Interval quotient(Interval x, Interval y) {
    if (x.low() > 0 && y.low() > 0) {
      return new Interval(atLeastSmallest(x.low() / y.high()), x.high() / y.low());
    }
    if (y.low() > 0) {
      return Interval.of(
          x.low() / y.low(), x.low() / y.high(), x.high() / y.low(), x.high() / y.high());
    }
    return x.low() >= 0 && y.low() >= 0 ? NOT_NEGATIVE : ANYTHING;
  }
}
