package dev.retain.compiler.autodiff;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import java.util.List;

/** What flows back through functions of each element. */
final class PointwiseRules {
  private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

  private final Activity activity;
  private final Adjoints adjoints;
  private final GraphBuilder graph;

  PointwiseRules(Activity activity, Adjoints adjoints) {
    this.activity = activity;
    this.adjoints = adjoints;
    this.graph = adjoints.graph();
  }

  void apply(Node node, Function function, List<Integer> operands) {
    Span span = node.span();
    int y = node.id();
    int dy = adjoints.of(y);
    int a = operands.getFirst();
    int b = operands.get(Math.min(1, operands.size() - 1));
    switch (function) {
      case ADD -> {
        flow(node, a, dy);
        flow(node, b, dy);
      }
      case SUBTRACT -> {
        flow(node, a, dy);
        flow(node, b, adjoints.negated(dy, span));
      }
      case MULTIPLY -> {
        flowProduct(node, a, dy, b);
        flowProduct(node, b, dy, a);
      }
      case DIVIDE -> divide(node, a, b, dy);
      case POWER -> power(node, a, b, dy);
      case NEGATE -> flow(node, a, adjoints.negated(dy, span));
      case EXP -> flowProduct(node, a, dy, y);
      case LOG -> flow(node, a, adjoints.over(dy, a, span));
      case SQRT -> flow(node, a, adjoints.over(adjoints.times(dy, literal(0.5), span), y, span));
      case ERF -> {
        int square = graph.multiply(a, a, span);
        int bell =
            graph.pointwise(Function.EXP, span, graph.pointwise(Function.NEGATE, span, square));
        flowProduct(node, a, dy, graph.multiply(literal(TWO_OVER_ROOT_PI), bell, span));
      }
      case TANH -> flowProduct(node, a, dy, oneMinus(graph.multiply(y, y, span), span));
      case SIN -> flowProduct(node, a, dy, graph.pointwise(Function.COS, span, a));
      case COS ->
          flowProduct(node, a, adjoints.negated(dy, span), graph.pointwise(Function.SIN, span, a));
      case ABS -> {
        int negative = graph.pointwise(Function.LESS, span, a, literal(0));
        int positive = graph.pointwise(Function.LESS, span, literal(0), a);
        int sign =
            adjoints.select(
                positive,
                literal(1),
                adjoints.select(negative, literal(-1), literal(0), span),
                span);
        flowProduct(node, a, dy, sign);
      }
      case MAX -> choose(node, graph.pointwise(Function.LESS, span, b, a), a, b, dy);
      case MIN -> choose(node, graph.pointwise(Function.LESS, span, a, b), a, b, dy);
      case SELECT -> choose(node, a, b, operands.get(2), dy);
      // Rounding is taken for the identity: what is rounded is close by.
      case ROUND -> flow(node, a, dy);
      case LESS, LESS_OR_EQUAL, EQUAL, STOP_GRADIENT ->
          throw new IllegalStateException("nothing flows back through " + function);
    }
  }

  private void choose(Node node, int condition, int chosen, int otherwise, int dy) {
    Span span = node.span();
    flow(node, chosen, adjoints.select(condition, dy, literal(0), span));
    flow(node, otherwise, adjoints.select(condition, literal(0), dy, span));
  }

  private void divide(Node node, int a, int b, int dy) {
    Span span = node.span();
    int y = node.id();
    int logistic = logisticOf(a, b);
    if (logistic >= 0) {
      // Of 1 / (1 + exp(u)) as a whole: the parts are infinite, or no numbers, for large u.
      int slope = graph.multiply(y, oneMinus(y, span), span);
      flowProduct(node, logistic, adjoints.negated(dy, span), slope);
      return;
    }
    flow(node, a, adjoints.over(dy, b, span));
    if (activity.isActive(b)) {
      int slope = graph.pointwise(Function.DIVIDE, span, y, b);
      flowProduct(node, b, adjoints.negated(dy, span), slope);
    }
  }

  /** The u of 1 / (1 + exp(u)), or -1. */
  private int logisticOf(int a, int b) {
    if (isLiteral(a, 1)
        && graph.node(b).operation() instanceof Operation.Pointwise(var add, var terms)
        && add == Function.ADD) {
      int exponential = isLiteral(terms.get(0), 1) ? terms.get(1) : terms.get(0);
      boolean plusOne = isLiteral(terms.get(0), 1) || isLiteral(terms.get(1), 1);
      if (plusOne
          && graph.node(exponential).operation() instanceof Operation.Pointwise(var exp, var u)
          && exp == Function.EXP) {
        return u.getFirst();
      }
    }
    return -1;
  }

  private void power(Node node, int base, int exponent, int dy) {
    Span span = node.span();
    if (activity.isActive(base)) {
      int one = literal(1);
      int less = graph.pointwise(Function.SUBTRACT, span, exponent, one);
      int slope = graph.multiply(exponent, graph.pointwise(Function.POWER, span, base, less), span);
      boolean mayBeZero =
          !(graph.node(exponent).operation() instanceof Operation.Literal(double value))
              || value == 0;
      if (mayBeZero) {
        // The power 0 of anything is 1, also of 0, where the slope as written is 0 times infinity.
        int zero = graph.pointwise(Function.EQUAL, span, exponent, literal(0));
        slope = adjoints.select(zero, literal(0), slope, span);
      }
      flowProduct(node, base, dy, slope);
    }
    if (activity.isActive(exponent)) {
      int logarithm = graph.pointwise(Function.LOG, span, base);
      flowProduct(node, exponent, dy, graph.multiply(node.id(), logarithm, span));
    }
  }

  private int oneMinus(int value, Span span) {
    return graph.pointwise(Function.SUBTRACT, span, literal(1), value);
  }

  private void flow(Node node, int operand, int contribution) {
    if (activity.isActive(operand)) {
      var repeated = Adjoints.without(node.axes(), graph.axes(operand));
      adjoints.addProduct(operand, contribution, literal(1), repeated, node.span());
    }
  }

  private void flowProduct(Node node, int operand, int flowing, int factor) {
    if (activity.isActive(operand)) {
      var repeated = Adjoints.without(node.axes(), graph.axes(operand));
      adjoints.addProduct(operand, flowing, factor, repeated, node.span());
    }
  }

  private boolean isLiteral(int id, double value) {
    return graph.node(id).operation() instanceof Operation.Literal(double v) && v == value;
  }

  private int literal(double value) {
    return graph.literal(value, Span.none());
  }
}
