package dev.retain.compiler.decays;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.GraphCopy;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RangeEnd;
import dev.retain.compiler.tensor.RangeStart;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Replaces products over ranges of steps by exponentials of differences of cumulative logarithms.
 *
 * <p>Logarithms are summed in float64. A float32 program keeps each sum as two of its numbers, the
 * rounded sum and what rounding took away: differences of both are as exact as one difference in
 * float64 that is rounded, and vectors stay as wide as all others of the program.
 *
 * <p>Zeros and negative factors are counted apart, where there may be any: a range with a zero is
 * 0, one with an odd number of negative factors is negative.
 *
 * <p>Only what stages multiply out is left as it is: {@link FadingProducts}.
 */
public final class RangeProducts {
  /**
   * What stands for the logarithm of a factor that is 0 for being too small a number: nothing in
   * range makes up for it.
   */
  private static final double LEAST = -2000;

  private final Graph from;
  private final ElementType real;
  private final GraphBuilder graph = new GraphBuilder();
  private final Bounds bounds;
  private final GraphCopy copy;
  private final Logarithms logarithms;
  private final FadingProducts fading;

  private RangeProducts(Graph from, ElementType real) {
    this.from = from;
    this.real = real;
    this.bounds = new Bounds(from);
    this.copy = new GraphCopy(from, graph, this::replace);
    this.logarithms = new Logarithms(from, bounds, graph, copy::copy);
    this.fading = new FadingProducts(from, graph, copy::copy);
  }

  /**
   * The program without products over ranges.
   *
   * @param real the type of the program's own numbers
   */
  public static TensorProgram remove(TensorProgram program, ElementType real) {
    RangeProducts products = new RangeProducts(program.graph(), real);
    return program.in(products.graph, products.copy::copy);
  }

  private int replace(Node node) {
    Span span = node.span();
    return switch (node.operation()) {
      case Operation.RangeProduct(int operand, RangeStart start, RangeEnd end) ->
          product(operand, start, end, span);
      case Operation.Pointwise(Function function, List<Integer> operands)
          when function == Function.POWER && isMatrixOfPowers(node, operands.getFirst()) ->
          power(operands.get(0), operands.get(1), span);
      case Operation.Contract(int left, int right, List<Axis> over)
          when isMatrixOfChannels(left, over) || isMatrixOfChannels(right, over) ->
          graph.reduce(
              Reduction.SUM, graph.multiply(copy.copy(left), copy.copy(right), span), over, span);
      case Operation.Reduce _ -> fading.replace(node);
      default -> -1;
    };
  }

  private static boolean isMatrix(Node node) {
    return node.axes().contains(Axis.TIME) && node.axes().contains(Axis.SOURCE);
  }

  /** Numbers of steps by steps to which each of some channels is raised. */
  private boolean isMatrixOfPowers(Node node, int base) {
    Set<Axis> axes = Set.copyOf(from.node(base).axes());
    return isMatrix(node)
        && axes.stream().anyMatch(Axis::isFixed)
        && !axes.contains(Axis.TIME)
        && !axes.contains(Axis.SOURCE)
        && !isConstant(base);
  }

  private boolean isConstant(int id) {
    return switch (from.node(id).operation()) {
      case Operation.Parameter _, Operation.Input _, Operation.State _ -> false;
      case Operation other -> other.operands().stream().allMatch(this::isConstant);
    };
  }

  /**
   * A matrix of steps by steps by channels is far too large for memory: it is summed on the way.
   */
  private boolean isMatrixOfChannels(int id, List<Axis> over) {
    Node node = from.node(id);
    return isMatrix(node)
        && node.operation() instanceof Operation.Pointwise
        && over.stream().anyMatch(axis -> axis.isFixed() && node.axes().contains(axis))
        && !isConstant(id);
  }

  /** A power with a whole exponent, as the exponential of a multiple of the base's logarithm. */
  private int power(int base, int exponent, Span span) {
    int steps = copy.copy(exponent);
    int product =
        real(Function.EXP, span, real(Function.MULTIPLY, span, steps, logarithm(base, span)));
    if (bounds.isNeverNegative(base)) {
      return product;
    }
    int one = graph.literal(1, span);
    int sign = real(Function.SELECT, span, negative(base, span), sign(steps, span), one);
    return real(Function.MULTIPLY, span, product, sign);
  }

  /** The logarithm of the factor's size, and something finite for a zero. */
  private int logarithm(int factor, Span span) {
    int logarithm =
        bounds.isNeverNegative(factor)
            ? logarithms.of(factor)
            : wide(Function.LOG, span, wide(Function.ABS, span, copy.copy(factor)));
    return wide(Function.MAX, span, logarithm, graph.literal(LEAST, span));
  }

  private int negative(int factor, Span span) {
    return wide(Function.LESS, span, copy.copy(factor), graph.literal(0, span));
  }

  private int product(int operand, RangeStart start, RangeEnd end, Span span) {
    int zero = graph.literal(0, span);
    int one = graph.literal(1, span);
    boolean signed = !bounds.isNeverNegative(operand);
    boolean zeros = !bounds.isPositive(operand);
    int isZero = zeros ? wide(Function.EQUAL, span, copy.copy(operand), zero) : -1;
    int logarithm = logarithm(operand, span);
    if (zeros) {
      logarithm = wide(Function.SELECT, span, isZero, zero, logarithm);
    }
    int product = exponential(ends(logarithm, start, end, span), end, span);
    if (signed) {
      Ends counts = ends(negative(operand, span), start, end, span);
      product = real(Function.MULTIPLY, span, product, sign(counts.end(), span));
      if (start == RangeStart.AFTER_SOURCE) {
        int before = atSource(sign(counts.start(), span), span);
        product = real(Function.MULTIPLY, span, product, before);
      }
    }
    if (zeros) {
      Ends counts = ends(isZero, start, end, span);
      int before = start == RangeStart.FIRST ? zero : atSource(counts.start(), span);
      int none = real(Function.EQUAL, span, counts.end(), before);
      product = real(Function.SELECT, span, none, product, zero);
    }
    boolean mayBeEmpty = start == RangeStart.AFTER_SOURCE && end != RangeEnd.LAST;
    return mayBeEmpty && (signed || zeros) ? pairs(end, product, one, span) : product;
  }

  /**
   * A sum over the steps to a range's end, and over those before its start, which is still along
   * TIME; -1 where the range starts with the block.
   */
  private record Ends(int end, int start) {}

  private Ends ends(int value, RangeStart start, RangeEnd end, Span span) {
    int sum =
        start == RangeStart.FIRST && end == RangeEnd.LAST
            ? -1
            : graph.cumulativeSum(value, Direction.FORWARD, span);
    int atEnd =
        switch (end) {
          case BEFORE_TIME -> wide(Function.SUBTRACT, span, sum, value);
          case TIME -> sum;
          case LAST -> graph.reduce(Reduction.SUM, value, List.of(Axis.TIME), span);
        };
    return new Ends(atEnd, start == RangeStart.FIRST ? -1 : sum);
  }

  private int exponential(Ends sums, RangeEnd end, Span span) {
    if (sums.start() < 0) {
      return real(Function.EXP, span, sums.end());
    }
    int source = atSource(sums.start(), span);
    if (end == RangeEnd.LAST) {
      return real(Function.EXP, span, wide(Function.SUBTRACT, span, sums.end(), source));
    }
    int difference = real(Function.SUBTRACT, span, sums.end(), source);
    if (real == ElementType.F32) {
      int rest =
          real(
              Function.SUBTRACT,
              span,
              rest(sums.end(), span),
              atSource(rest(sums.start(), span), span));
      difference = real(Function.ADD, span, difference, rest);
    }
    return real(Function.EXP, span, pairs(end, difference, graph.literal(0, span), span));
  }

  private int atSource(int value, Span span) {
    return graph.rename(value, Axis.TIME, Axis.SOURCE, span);
  }

  /** What rounding to the program's type takes away. */
  private int rest(int sum, Span span) {
    return wide(Function.SUBTRACT, span, sum, wide(Function.ROUND, span, sum));
  }

  /** The value where a range from SOURCE to TIME has steps, else the other one. */
  private int pairs(RangeEnd end, int value, int empty, Span span) {
    int source = graph.index(Axis.SOURCE, span);
    int first =
        end == RangeEnd.BEFORE_TIME ? graph.add(source, graph.literal(1, span), span) : source;
    int some = graph.pointwise(Function.LESS, span, first, graph.index(Axis.TIME, span));
    return real(Function.SELECT, span, some, value, empty);
  }

  /** 1 for an even number, -1 for an odd one: the cosine is exact at its extremes. */
  private int sign(int count, Span span) {
    return wide(
        Function.COS, span, wide(Function.MULTIPLY, span, count, graph.literal(Math.PI, span)));
  }

  private int wide(Function function, Span span, int... operands) {
    return pointwise(function, Precision.WIDE, span, operands);
  }

  /** In the program's type, whatever it is made of. */
  private int real(Function function, Span span, int... operands) {
    return pointwise(function, Precision.REAL, span, operands);
  }

  private int pointwise(Function function, Precision precision, Span span, int... operands) {
    Set<Axis> axes = new LinkedHashSet<>();
    List<Integer> ids = new ArrayList<>();
    for (int operand : operands) {
      ids.add(operand);
      axes.addAll(graph.axes(operand));
    }
    return graph.add(new Operation.Pointwise(function, ids), List.copyOf(axes), precision, span);
  }
}
