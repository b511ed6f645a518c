package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rotations of pairs of channels; cosines and sines of an angle are made once for all of them. */
final class Turns {
  private final Graph graph;
  private final Uses uses;
  private final ElementType real;
  private final Values values;
  private final StageCollector program;
  private final Map<List<Object>, Buffer> made = new HashMap<>();

  /**
   * @param real the type of what is turned
   */
  Turns(Graph graph, Uses uses, ElementType real, Values values, StageCollector program) {
    this.graph = graph;
    this.uses = uses;
    this.real = real;
    this.values = values;
    this.program = program;
  }

  /** x cos a + partner of x times -sin a (even) or sin a (odd). */
  Stage turned(Node node, Buffer target, int operand, int angle, Axis axis, Axis pair) {
    Scalar.Element value = (Scalar.Element) values.scalar(operand, real);
    List<Coordinate> partner =
        value.coordinates().stream()
            .map(c -> c.axis().equals(axis) ? new Coordinate.Partner(axis) : c)
            .toList();
    Scalar cosine = expanded(Function.COS, angle, axis, pair, node);
    Scalar sine = expanded(Function.SIN, angle, axis, pair, node);
    Scalar turned =
        new Scalar.Apply(
            Function.ADD,
            List.of(
                new Scalar.Apply(Function.MULTIPLY, List.of(value, cosine)),
                new Scalar.Apply(
                    Function.MULTIPLY,
                    List.of(new Scalar.Element(value.buffer(), partner), sine))));
    return new Stage.Pointwise(target, turned, real, node.span());
  }

  /** The function of the angle for each channel: first once for each pair, then spread. */
  private Scalar expanded(Function function, int angle, Axis axis, Axis pair, Node node) {
    boolean constant = uses.isOnce(angle);
    Role role = constant ? Role.STATIC : Role.SCRATCH;
    Buffer pairs =
        made.computeIfAbsent(
            List.of(function, angle),
            key -> {
              Buffer target =
                  program.buffer(
                      "%" + angle + "." + function.symbol(), role, real, graph.node(angle).axes());
              Scalar value =
                  new Scalar.Apply(function, List.of(values.scalar(angle, ElementType.F64)));
              program.add(
                  new Stage.Pointwise(target, value, ElementType.F64, node.span()), constant);
              return target;
            });
    Buffer channels =
        made.computeIfAbsent(
            List.of(function, angle, axis),
            key -> {
              List<Axis> axes = pairs.axes().stream().map(a -> a.equals(pair) ? axis : a).toList();
              Buffer target = program.buffer(pairs.name() + ".channels", role, real, axes);
              List<Coordinate> half = new ArrayList<>();
              for (Axis a : pairs.axes()) {
                half.add(a.equals(pair) ? new Coordinate.Half(axis) : new Coordinate.Along(a));
              }
              Scalar value = new Scalar.Element(pairs, half);
              if (function == Function.SIN) {
                value =
                    new Scalar.Apply(Function.MULTIPLY, List.of(value, new Scalar.PairSign(axis)));
              }
              program.add(new Stage.Pointwise(target, value, real, node.span()), constant);
              return target;
            });
    return Values.element(channels, channels.axes());
  }
}
