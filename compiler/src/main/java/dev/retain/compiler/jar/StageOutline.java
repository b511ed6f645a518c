package dev.retain.compiler.jar;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What decides a stage's kernel, as a list of words: buffers are known by the order in which they
 * appear, values that are computed once by the place of their first use. Two stages with equal
 * words differ in nothing but their buffers.
 */
final class StageOutline {
  private final List<Object> words = new ArrayList<>();
  private final List<Buffer> buffers = new ArrayList<>();
  private final Map<Scalar, Integer> values = new IdentityHashMap<>();

  private StageOutline() {}

  /**
   * @param parts the axes whose positions say which part of the stage; none if it is run as one
   */
  static StageOutline of(Stage.OneKernel stage, List<Axis> parts) {
    StageOutline outline = new StageOutline();
    outline.words.add(parts);
    outline.stage(stage);
    return outline;
  }

  List<Object> words() {
    return words;
  }

  /** The stage's buffers, each once. */
  List<Buffer> buffers() {
    return buffers;
  }

  private void stage(Stage.OneKernel stage) {
    words.add(stage.getClass());
    switch (stage) {
      case Stage.Single single -> single(single);
      case Stage.Rows(var rows, var members) -> {
        words.add(rows);
        members.forEach(this::stage);
      }
    }
  }

  private void single(Stage.Single stage) {
    buffer(stage.target());
    switch (stage) {
      case Stage.Pointwise(var target, Scalar value, var precision, Span span) -> {
        words.add(precision);
        value(value);
      }
      case Stage.Reduce(
              var target,
              var reduction,
              Scalar value,
              var over,
              var precision,
              var span) -> {
        words.addAll(List.of(reduction, over, precision));
        value(value);
      }
      case Stage.Contract(
              var target,
              Stage.Operand left,
              Stage.Operand right,
              var over,
              var triangle,
              var adds,
              var span) -> {
        operand(left);
        operand(right);
        words.addAll(List.of(over, triangle, adds));
      }
      case Stage.Finished(Stage.Contract product, Stage.Pointwise finish) -> {
        single(product);
        single(finish);
      }
      case Stage.Lookup(var target, Buffer table, var axis, Buffer index, var span) -> {
        buffer(table);
        words.add(axis);
        buffer(index);
      }
      case Stage.Sums(var target, Stage.Operand value, var axis, Buffer index, var span) -> {
        operand(value);
        words.add(axis);
        buffer(index);
      }
      case Stage.Scan(var target, Scalar value, var direction, var span) -> {
        words.add(direction);
        value(value);
      }
      case Stage.Fading(
              var target,
              Stage.Operand query,
              Stage.Operand key,
              Stage.Operand decay,
              var after,
              var channel,
              var span) -> {
        operand(query);
        operand(key);
        operand(decay);
        words.addAll(List.of(after, channel));
      }
      case Stage.Solve(
              var target,
              Stage.Operand matrix,
              Stage.Operand right,
              var rows,
              var columns,
              var direction,
              var span) -> {
        operand(matrix);
        operand(right);
        words.addAll(List.of(rows, columns, direction));
      }
    }
    Span span = stage.span();
    words.add(span.source().name());
    words.add(span.hasLine() ? span.line() : 0);
  }

  private void operand(Stage.Operand operand) {
    buffer(operand.buffer());
    words.add(operand.axes());
  }

  private void buffer(Buffer buffer) {
    int known = buffers.indexOf(buffer);
    if (known >= 0) {
      words.add(known);
    } else {
      words.add(buffer.type());
      words.add(buffer.axes());
      words.add(buffer.rows());
      buffers.add(buffer);
    }
  }

  private void value(Scalar value) {
    Integer known = values.putIfAbsent(value, values.size());
    words.add(value.getClass());
    if (known != null) {
      words.add(known);
      return;
    }
    switch (value) {
      case Scalar.Literal literal -> words.add(literal);
      case Scalar.Position position -> words.add(position);
      case Scalar.PairSign sign -> words.add(sign);
      case Scalar.Element(Buffer buffer, var coordinates) -> {
        buffer(buffer);
        words.add(coordinates);
      }
      case Scalar.Apply(var function, var operands) -> {
        words.add(function);
        operands.forEach(this::value);
      }
    }
  }
}
