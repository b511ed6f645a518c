package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.Type;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fits the arguments of a layer or recurrence to its declared inputs. The declared axes are the
 * last ones of an argument; those before them are mapped over. An axis of the callee stands for the
 * caller's axis in the same place, whatever their names.
 */
final class Binder {
  private final GraphBuilder graph;
  private final Evaluator evaluator;
  private final Diagnostics diagnostics;

  Binder(GraphBuilder graph, Evaluator evaluator, Diagnostics diagnostics) {
    this.graph = graph;
    this.evaluator = evaluator;
    this.diagnostics = diagnostics;
  }

  /** The axes of the arguments in front of the declared ones, in order of first appearance. */
  List<Axis> mapped(List<Item.TensorItem> inputs, Map<String, Value> arguments) {
    List<Axis> mapped = new ArrayList<>();
    for (Item.TensorItem input : inputs) {
      if (input.type() instanceof Type.TensorType type
          && arguments.get(input.name().text()) instanceof Tensor tensor
          && tensor.indexOf().isEmpty()) {
        List<Axis> axes = graph.axes(tensor.node());
        for (Axis axis : axes.subList(0, Math.max(0, axes.size() - type.axes().size()))) {
          if (!mapped.contains(axis)) {
            mapped.add(axis);
          }
        }
      }
    }
    return mapped;
  }

  /**
   * Gives a name of the callee an axis of the caller; a second name of one axis is another axis.
   */
  void solve(String name, Axis axis, Environment callee) {
    Axis inside = axis;
    while (isTaken(inside, callee)) {
      inside = Axis.of(inside.name() + "'", inside.size());
    }
    if (!inside.equals(axis)) {
      callee.outside().put(inside, axis);
    }
    callee.values().put(name, new Known(axis.size(), Optional.of(inside)));
    callee.unsolved().remove(name);
    callee.give(inside);
  }

  /** An axis of the callee's own, under a name that nothing else in sight has. */
  Axis fresh(String name, int size, Environment callee) {
    Axis axis = Axis.of(name, size);
    while (isTaken(axis, callee)) {
      axis = Axis.of(axis.name() + "'", size);
    }
    return axis;
  }

  /** A hyperparameter that is a size can serve as an axis under its own name. */
  void declare(Hyperparameter hyper, Value value, Environment environment) {
    String name = hyper.name().text();
    if (value instanceof Known known && known.axis().isEmpty() && Sizes.isSize(known.number())) {
      Axis axis = fresh(name, (int) known.number(), environment);
      environment.values().put(name, new Known(known.number(), Optional.of(axis)));
    } else {
      environment.values().put(name, value);
    }
  }

  private static boolean isTaken(Axis axis, Environment callee) {
    return callee.mapped().contains(axis)
        || callee.outside().containsValue(axis)
        || callee.values().values().stream()
            .anyMatch(
                value -> value instanceof Known known && known.axis().equals(Optional.of(axis)));
  }

  /** The argument as the callee sees it. */
  Value bind(Item.TensorItem input, Value argument, Span span, Environment callee) {
    return switch (input.type()) {
      case Type.IndexType type -> index(input, type, argument, span, callee);
      case Type.TensorType type -> tensor(input, type, argument, span, callee);
    };
  }

  private Value index(
      Item.TensorItem input, Type.IndexType type, Value argument, Span span, Environment callee) {
    String name = type.axis().text();
    if (callee.unsolved().contains(name)
        && argument instanceof Tensor tensor
        && tensor.indexOf().isPresent()) {
      solve(name, tensor.indexOf().get(), callee);
    }
    Optional<Axis> axis = evaluator.axis(type.axis(), callee);
    if (axis.isEmpty()) {
      return new Wrong();
    }
    Axis outside = callee.outside().getOrDefault(axis.get(), axis.get());
    if (argument instanceof Tensor tensor && tensor.indexOf().equals(Optional.of(outside))) {
      return new Tensor(tensor.node(), axis);
    }
    diagnostics
        .error(
            Code.NOT_AN_INDEX,
            span,
            "`"
                + input.name()
                + "` of `"
                + callee.owner()
                + "` is an index of `"
                + outside.name()
                + "`, and the argument is not")
        .help("an index is declared by `in token: index of " + outside.name() + "`")
        .note(input.span(), "it is declared here");
    return new Wrong();
  }

  private Value tensor(
      Item.TensorItem input, Type.TensorType type, Value argument, Span span, Environment callee) {
    int node = evaluator.node(argument, span);
    if (node < 0) {
      return new Wrong();
    }
    int declared = type.axes().size();
    List<Axis> axes = graph.axes(node);
    if (axes.size() < declared) {
      return mismatch(input, type, node, span, callee);
    }
    int first = axes.size() - declared;
    int result = node;
    for (int i = 0; i < declared; i++) {
      Name name = type.axes().get(i);
      Axis given = axes.get(first + i);
      if (callee.unsolved().contains(name.text())) {
        solve(name.text(), given, callee);
      }
      Optional<Axis> axis = evaluator.axis(name, callee);
      if (axis.isEmpty()) {
        return new Wrong();
      }
      Axis inside = axis.get();
      Axis outside = callee.outside().getOrDefault(inside, inside);
      boolean same = outside.equals(given);
      if (same) {
        callee.give(inside);
      }
      if (!same && !callee.isGiven(inside) && inside.size() == given.size()) {
        callee.outside().put(inside, given);
        callee.give(inside);
        same = true;
      }
      if (!same) {
        return mismatch(input, type, node, span, callee);
      }
      result = graph.rename(result, given, inside, span);
    }
    return Tensor.of(result);
  }

  private Value mismatch(
      Item.TensorItem input, Type.TensorType type, int node, Span span, Environment callee) {
    List<String> expected = new ArrayList<>();
    for (Name name : type.axes()) {
      Axis axis = callee.axis(name.text()).orElse(null);
      Axis outside = axis == null ? null : callee.outside().getOrDefault(axis, axis);
      String alias = outside == null || outside.name().equals(name.text()) ? "" : outside.name();
      expected.add(
          name
              + (axis == null ? "" : " = " + axis.extent())
              + (alias.isEmpty() ? "" : " (the axis `" + alias + "`)"));
    }
    diagnostics
        .error(
            Code.WRONG_ARGUMENT_SHAPE,
            span,
            "`"
                + input.name()
                + "` of `"
                + callee.owner()
                + "` needs ["
                + String.join(", ", expected)
                + "], and gets "
                + Shapes.sizes(graph.axes(node)))
        .help("the declared axes must be the last ones of the argument, in this order")
        .note(input.span(), "the input is declared here")
        .note(graph.node(node).span(), "the argument comes from here");
    return new Wrong();
  }

  /** The result as the caller sees it, or -1 after a diagnostic: all its axes are the caller's. */
  int outward(int node, Span span, Environment callee) {
    int result = node;
    for (Axis axis : graph.axes(node)) {
      Axis outside = callee.outside().get(axis);
      if (outside == null) {
        if (callee.isOwn(axis)) {
          leak(axis, node, span, callee);
          return -1;
        }
        continue;
      }
      if (graph.axes(result).contains(outside)) {
        diagnostics
            .error(
                Code.AXIS_TWICE,
                span,
                "the result of `"
                    + callee.owner()
                    + "` would have the axis `"
                    + outside.name()
                    + "` twice")
            .help("give it two axes of different names");
        return -1;
      }
      result = graph.rename(result, axis, outside, span);
    }
    return result;
  }

  private void leak(Axis axis, int node, Span span, Environment callee) {
    diagnostics
        .error(
            Code.NO_SUCH_AXIS,
            span,
            "the result of `"
                + callee.owner()
                + "` has the axis `"
                + axis.name()
                + "`, which nobody outside of it knows")
        .help(
            "sum over it in there, or let the caller name it: by a hyperparameter, or by an"
                + " input with `axis "
                + axis.name()
                + "` without a size")
        .note(graph.node(node).span(), "the result comes from here");
  }
}
