package dev.retain.compiler.fusion;

import java.util.List;
import java.util.Map;

/** Lets stages use other buffers, which may have the same axes in another order. */
final class BufferReplacement {
  private final Map<Buffer, Buffer> by;

  BufferReplacement(Map<Buffer, Buffer> by) {
    this.by = Map.copyOf(by);
  }

  Stage replace(Stage stage) {
    return switch (stage) {
      case Stage.Rows(var rows, var members) ->
          new Stage.Rows(
              rows, members.stream().map(member -> (Stage.Single) replace(member)).toList());
      case Stage.Parts(var parts, var members) ->
          new Stage.Parts(
              parts, members.stream().map(member -> (Stage.OneKernel) replace(member)).toList());
      case Stage.Slices(int positions, var members) ->
          new Stage.Slices(
              positions,
              members.stream().map(member -> (Stage.OneKernel) replace(member)).toList());
      case Stage.Pointwise(var target, var value, var precision, var span) ->
          new Stage.Pointwise(replaced(target), replace(value), precision, span);
      case Stage.Reduce(var target, var reduction, var value, var over, var precision, var span) ->
          new Stage.Reduce(replaced(target), reduction, replace(value), over, precision, span);
      case Stage.Contract(
              var target,
              var left,
              var right,
              var over,
              var triangle,
              var adds,
              var span) ->
          new Stage.Contract(
              replaced(target), replace(left), replace(right), over, triangle, adds, span);
      case Stage.Finished(Stage.Contract product, Stage.Pointwise finish) ->
          new Stage.Finished((Stage.Contract) replace(product), (Stage.Pointwise) replace(finish));
      case Stage.Lookup(var target, var table, var axis, var index, var span) ->
          new Stage.Lookup(replaced(target), replaced(table), axis, replaced(index), span);
      case Stage.Scan(var target, var value, var direction, var span) ->
          new Stage.Scan(replaced(target), replace(value), direction, span);
      case Stage.Sums(var target, var value, var axis, var index, var span) ->
          new Stage.Sums(replaced(target), replace(value), axis, replaced(index), span);
      case Stage.Fading(
              var target,
              var query,
              var key,
              var decay,
              var after,
              var channel,
              var span) ->
          new Stage.Fading(
              replaced(target), replace(query), replace(key), replace(decay), after, channel, span);
      case Stage.Solve(
              var target,
              var matrix,
              var right,
              var rows,
              var columns,
              var direction,
              var span) ->
          new Stage.Solve(
              replaced(target), replace(matrix), replace(right), rows, columns, direction, span);
    };
  }

  private Buffer replaced(Buffer buffer) {
    return by.getOrDefault(buffer, buffer);
  }

  private Stage.Operand replace(Stage.Operand operand) {
    return new Stage.Operand(replaced(operand.buffer()), inOrder(operand.buffer(), operand.axes()));
  }

  private Scalar replace(Scalar value) {
    return new ElementReplacement(element ->
        new Scalar.Element(
            replaced(element.buffer()), inOrder(element.buffer(), element.coordinates())))
        .replace(value);
  }

  /** What is said of each axis of a buffer, in the order of the one in its place. */
  private <T> List<T> inOrder(Buffer buffer, List<T> ofAxes) {
    return replaced(buffer).axes().stream()
        .map(axis -> ofAxes.get(buffer.axes().indexOf(axis)))
        .toList();
  }
}
