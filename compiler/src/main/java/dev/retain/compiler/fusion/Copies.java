package dev.retain.compiler.fusion;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Copies of what lies otherwise, or in another type, than a stage can read it: each made once. */
final class Copies {
  private final StageCollector program;
  private final Map<List<Object>, Buffer> made = new HashMap<>();

  Copies(StageCollector program) {
    this.program = program;
  }

  /**
   * The value with all that a matrix of steps by steps reads along its rows copied so that it lies
   * side by side.
   */
  Scalar inVectors(Scalar value, Buffer target, Span reader) {
    return isMatrix(target.axes())
        ? new ElementReplacement(element -> beside(element, target.axes().getLast(), reader))
            .replace(value)
        : value;
  }

  private static boolean isMatrix(List<Axis> axes) {
    return axes.contains(Axis.TIME) && axes.contains(Axis.SOURCE);
  }

  private Scalar.Element beside(Scalar.Element element, Axis last, Span reader) {
    List<Axis> axes = element.coordinates().stream().map(Coordinate::axis).toList();
    if (!axes.contains(last)
        || axes.getLast().equals(last)
        || isMatrix(axes)
        || !element.coordinates().stream().allMatch(Coordinate.Along.class::isInstance)) {
      return element;
    }
    Stage.Operand copy = transposed(new Stage.Operand(element.buffer(), axes), last, reader);
    return Values.element(copy.buffer(), copy.axes());
  }

  /** A copy with the axis last, so that vectors can be read along it. */
  Stage.Operand transposed(Stage.Operand operand, Axis last, Span reader) {
    List<Axis> axes = new ArrayList<>(operand.axes());
    axes.remove(last);
    axes.add(last);
    Buffer copy =
        made.computeIfAbsent(
            List.of("transposed", operand.buffer(), operand.axes(), last),
            key -> {
              boolean constant = operand.buffer().role() == Role.STATIC;
              Buffer target =
                  program.buffer(
                      operand.buffer().name() + "^T",
                      constant ? Role.STATIC : Role.SCRATCH,
                      operand.buffer().type(),
                      axes);
              Stage stage =
                  new Stage.Pointwise(
                      target,
                      Values.element(operand.buffer(), operand.axes()),
                      operand.buffer().type(),
                      reader);
              program.add(stage, constant);
              return target;
            });
    return new Stage.Operand(copy, axes);
  }

  /** In the type of the target, if it is float64: products of two types are not made in tiles. */
  Stage.Operand narrowed(Stage.Operand operand, Buffer target, Span reader) {
    Buffer wide = operand.buffer();
    if (wide.type() != ElementType.F64 || wide.type() == target.type()) {
      return operand;
    }
    Buffer copy =
        made.computeIfAbsent(
            List.of("narrowed", wide),
            key -> {
              boolean constant = wide.role() == Role.STATIC || wide.role() == Role.CONSTANT;
              Buffer narrow =
                  program.buffer(
                      wide.name() + ".narrow",
                      constant ? Role.STATIC : Role.SCRATCH,
                      target.type(),
                      wide.axes());
              Stage stage =
                  new Stage.Pointwise(
                      narrow, Values.element(wide, wide.axes()), narrow.type(), reader);
              program.add(stage, constant);
              return narrow;
            });
    return new Stage.Operand(copy, operand.axes());
  }
}
