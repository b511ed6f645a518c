package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lets a stage write straight into the output or next state that its value is only copied to. */
final class CopyRemoval {
  private CopyRemoval() {}

  static StageProgram run(StageProgram program) {
    Map<Buffer, Buffer> replaced = new HashMap<>();
    List<Stage> kept = new ArrayList<>();
    for (Stage stage : program.stages()) {
      if (stage instanceof Stage.Pointwise(Buffer target, Scalar.Element element, var p, var s)
          && (target.role() == Role.OUTPUT || target.role() == Role.NEXT_STATE)
          && element.buffer().role() == Role.SCRATCH
          && isIdentity(element)
          && element.buffer().type() == target.type()
          && element.buffer().axes().equals(target.axes())
          && !replaced.containsKey(element.buffer())) {
        replaced.put(element.buffer(), target);
      } else {
        kept.add(stage);
      }
    }
    return new StageProgram(
        program.name(),
        program.buffers().stream().filter(b -> !replaced.containsKey(b)).toList(),
        program.once().stream().map(stage -> replace(stage, replaced)).toList(),
        kept.stream().map(stage -> replace(stage, replaced)).toList());
  }

  private static boolean isIdentity(Scalar.Element element) {
    List<Axis> axes = element.coordinates().stream().map(Coordinate::axis).toList();
    return element.coordinates().stream().allMatch(Coordinate.Along.class::isInstance)
        && axes.equals(element.buffer().axes());
  }

  /** The stage with some buffers replaced by others. */
  static Stage replace(Stage stage, Map<Buffer, Buffer> by) {
    return switch (stage) {
      case Stage.Rows(var rows, var members) ->
          new Stage.Rows(
              rows, members.stream().map(member -> (Stage.Single) replace(member, by)).toList());
      case Stage.Parts(var parts, var members) ->
          new Stage.Parts(
              parts,
              members.stream().map(member -> (Stage.OneKernel) replace(member, by)).toList());
      case Stage.Slices(int positions, var members) ->
          new Stage.Slices(
              positions,
              members.stream().map(member -> (Stage.OneKernel) replace(member, by)).toList());
      case Stage.Pointwise(var target, var value, var precision, var span) ->
          new Stage.Pointwise(by.getOrDefault(target, target), replace(value, by), precision, span);
      case Stage.Reduce(var target, var reduction, var value, var over, var precision, var span) ->
          new Stage.Reduce(
              by.getOrDefault(target, target),
              reduction,
              replace(value, by),
              over,
              precision,
              span);
      case Stage.Contract(
              var target,
              var left,
              var right,
              var over,
              var triangle,
              var adds,
              var span) ->
          new Stage.Contract(
              by.getOrDefault(target, target),
              replace(left, by),
              replace(right, by),
              over,
              triangle,
              adds,
              span);
      case Stage.Lookup(var target, var table, var axis, var index, var span) ->
          new Stage.Lookup(
              by.getOrDefault(target, target),
              by.getOrDefault(table, table),
              axis,
              by.getOrDefault(index, index),
              span);
      case Stage.Scan(var target, var value, var direction, var span) ->
          new Stage.Scan(by.getOrDefault(target, target), replace(value, by), direction, span);
      case Stage.Sums(var target, var value, var axis, var index, var span) ->
          new Stage.Sums(
              by.getOrDefault(target, target),
              replace(value, by),
              axis,
              by.getOrDefault(index, index),
              span);
      case Stage.Fading(
              var target,
              var query,
              var key,
              var decay,
              var after,
              var channel,
              var span) ->
          new Stage.Fading(
              by.getOrDefault(target, target),
              replace(query, by),
              replace(key, by),
              replace(decay, by),
              after,
              channel,
              span);
      case Stage.Solve(
              var target,
              var matrix,
              var right,
              var rows,
              var columns,
              var direction,
              var span) ->
          new Stage.Solve(
              by.getOrDefault(target, target),
              replace(matrix, by),
              replace(right, by),
              rows,
              columns,
              direction,
              span);
    };
  }

  private static Stage.Operand replace(Stage.Operand operand, Map<Buffer, Buffer> by) {
    return new Stage.Operand(by.getOrDefault(operand.buffer(), operand.buffer()), operand.axes());
  }

  private static Scalar replace(Scalar value, Map<Buffer, Buffer> by) {
    return new ElementReplacement(element ->
        new Scalar.Element(
            by.getOrDefault(element.buffer(), element.buffer()), element.coordinates()))
        .replace(value);
  }
}
