package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.names.Builtins;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Computes calls of functions that are not written in the language. */
final class BuiltinEvaluator {
  private final Evaluator evaluator;
  private final GraphBuilder graph;
  private final Diagnostics diagnostics;
  private final Positions positions;
  private final ShapeFit shapes;
  private int dropouts;

  BuiltinEvaluator(
      Evaluator evaluator, GraphBuilder graph, Diagnostics diagnostics, Positions positions) {
    this.evaluator = evaluator;
    this.graph = graph;
    this.diagnostics = diagnostics;
    this.positions = positions;
    this.shapes = new ShapeFit(graph, diagnostics);
  }

  Value evaluate(Expression.CallExpression call, Environment environment) {
    String name = call.function().text();
    if (name.equals(Builtins.STOP_GRADIENT)) {
      return pointwise(Function.STOP_GRADIENT, call, environment);
    }
    if (name.equals(Builtins.DROPOUT)) {
      return dropout(call, environment);
    }
    return Builtins.OVER.containsKey(name)
        ? over(name, call, environment)
        : pointwise(Builtins.POINTWISE.get(name), call, environment);
  }

  private Value pointwise(
      Function function, Expression.CallExpression call, Environment environment) {
    List<Value> values = new ArrayList<>();
    boolean known = true;
    for (Expression argument : call.arguments().positional()) {
      Value value = evaluator.evaluate(argument, environment);
      if (value instanceof Wrong) {
        return value;
      }
      known &= value instanceof Known;
      values.add(value);
    }
    if (known) {
      return Known.of(
          function.apply(values.stream().mapToDouble(v -> ((Known) v).number()).toArray()));
    }
    int[] nodes = new int[values.size()];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = evaluator.node(values.get(i), call.arguments().positional().get(i).span());
      if (nodes[i] < 0) {
        return new Wrong();
      }
    }
    if (nodes.length == 2 && !shapes.fit(nodes[0], nodes[1]) && !shapes.fit(nodes[1], nodes[0])) {
      shapes.report(
          Code.SHAPES_DIFFER,
          call.span(),
          "`"
              + call.function()
              + "` of "
              + Shapes.names(graph.axes(nodes[0]))
              + " and "
              + Shapes.names(graph.axes(nodes[1]))
              + ": each has an axis that the other lacks",
          nodes[0],
          call.arguments().positional().get(0).span(),
          nodes[1],
          call.arguments().positional().get(1).span());
      return new Wrong();
    }
    return Tensor.of(graph.pointwise(function, call.span(), nodes));
  }

  private Value dropout(Expression.CallExpression call, Environment environment) {
    Expression operand = call.arguments().positional().getFirst();
    Expression rate = call.arguments().positional().get(1);
    Value value = evaluator.evaluate(operand, environment);
    Optional<Double> number = rate(evaluator.evaluate(rate, environment), rate.span());
    if (value instanceof Wrong || number.isEmpty()) {
      return new Wrong();
    }
    if (number.get() == 0) {
      return value;
    }
    int node = evaluator.node(value, operand.span());
    return node < 0
        ? new Wrong()
        : Tensor.of(graph.dropout(node, number.get(), dropouts++, call.span()));
  }

  private Optional<Double> rate(Value value, Span span) {
    if (value instanceof Known known) {
      if (known.number() >= 0 && known.number() < 1) {
        return Optional.of(known.number());
      }
      String said =
          known.origin().map(Value.Origin::said).orElse("`" + Numbers.text(known.number()) + "`");
      diagnostics
          .error(
              Code.WRONG_HYPERPARAMETER,
              known.origin().map(Value.Origin::span).orElse(span),
              said + " cannot be the rate of a dropout: it drops that share of the numbers")
          .help("give it a number from 0 up to, but not including, 1")
          .note(span, "it is the rate here");
    } else if (!(value instanceof Wrong)) {
      diagnostics
          .error(Code.NOT_STATIC, span, "a number is needed that is known before the model runs")
          .help("compute the rate from hyperparameters: `dropout(x, 0.1)`");
    }
    return Optional.empty();
  }

  private Value over(String name, Expression.CallExpression call, Environment environment) {
    Arguments arguments = call.arguments();
    List<Name> bound = Positions.bindable(arguments.over(), environment);
    List<Axis> summed = Positions.bind(bound, environment);
    Value value = evaluator.evaluate(arguments.positional().getFirst(), environment);
    int node = evaluator.node(value, arguments.positional().getFirst().span());
    Positions.unbind(bound, environment);
    for (Axis position : node < 0 ? List.<Axis>of() : summed) {
      node = positions.over(name, node, position, environment, call.span());
    }
    List<Axis> axes = new ArrayList<>();
    for (Name over : arguments.over()) {
      if (bound.contains(over)) {
        continue;
      }
      Optional<Axis> axis = evaluator.axis(over, environment);
      if (axis.isEmpty() || node < 0) {
        return new Wrong();
      }
      if (!graph.axes(node).contains(axis.get())) {
        diagnostics
            .error(
                Code.NO_SUCH_AXIS,
                over.span(),
                "the value has no axis `"
                    + axis.get().name()
                    + "`; it is "
                    + Shapes.names(graph.axes(node)))
            .help("work over one of its own axes")
            .note(graph.node(node).span(), "the value comes from here");
        return new Wrong();
      }
      axes.add(axis.get());
    }
    if (node < 0) {
      return new Wrong();
    }
    return switch (name) {
      case "sum" -> Tensor.of(graph.reduce(Reduction.SUM, node, axes, call.span()));
      case "maximum" -> Tensor.of(graph.reduce(Reduction.MAXIMUM, node, axes, call.span()));
      case "mean" -> {
        double count = axes.stream().mapToDouble(Axis::size).reduce(1, (a, b) -> a * b);
        int sum = graph.reduce(Reduction.SUM, node, axes, call.span());
        yield Tensor.of(
            graph.pointwise(Function.DIVIDE, call.span(), sum, graph.literal(count, call.span())));
      }
      default -> turn(call, node, axes, environment);
    };
  }

  private Value turn(
      Expression.CallExpression call, int node, List<Axis> axes, Environment environment) {
    Expression angleExpression = call.arguments().positional().get(1);
    int angle =
        evaluator.node(evaluator.evaluate(angleExpression, environment), angleExpression.span());
    if (angle < 0) {
      return new Wrong();
    }
    if (axes.size() != 1) {
      diagnostics.error(
          Code.TOO_MANY_ARGUMENTS, call.span(), "`turn` works over one axis, not " + axes.size());
      return new Wrong();
    }
    Axis axis = axes.getFirst();
    List<Axis> angleAxes = graph.axes(angle).stream().filter(Axis::isFixed).toList();
    if (angleAxes.isEmpty() || 2 * angleAxes.getLast().size() != axis.size()) {
      diagnostics
          .error(
              Code.WRONG_ANGLE,
              angleExpression.span(),
              "pairs along "
                  + Shapes.sizes(axes)
                  + " need an angle whose last axis has "
                  + (axis.size() % 2 == 0
                      ? "the size " + axis.size() / 2
                      : "half that size, and " + axis.size() + " is odd")
                  + "; this is "
                  + Shapes.sizes(angleAxes))
          .help("`axis pair = " + axis.name() + " / 2`")
          .note(graph.node(angle).span(), "the angle comes from here");
      return new Wrong();
    }
    Axis pair = angleAxes.getLast();
    if (angleAxes.contains(axis) || graph.axes(node).contains(pair)) {
      diagnostics
          .error(
              Code.WRONG_ANGLE,
              angleExpression.span(),
              "the angle "
                  + Shapes.names(angleAxes)
                  + " has one number for each pair along `"
                  + axis.name()
                  + "`, and the value "
                  + Shapes.names(graph.axes(node))
                  + " must not share the axis of the pairs, nor the angle the turned one")
          .help("`axis pair = " + axis.name() + " / 2` for the angle alone")
          .note(graph.node(angle).span(), "the angle comes from here")
          .note(graph.node(node).span(), "the value comes from here");
      return new Wrong();
    }
    return Tensor.of(graph.turn(node, angle, axis, pair, call.span()));
  }
}
