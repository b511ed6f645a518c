package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.ExactNumber;
import dev.retain.compiler.tensor.Function;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Stages as text: a line for each, saying which loop of the model file it comes from. */
public final class StagePrinter {
  private StagePrinter() {}

  public static String print(StageProgram program) {
    StringBuilder text = new StringBuilder("stages of " + program.name() + "\n");
    for (Buffer buffer : program.buffers()) {
      text.append(
          "%-10s %s\n".formatted(buffer.role().name().toLowerCase(Locale.ROOT), describe(buffer)));
    }
    program.once().forEach(stage -> text.append("once ").append(line(stage)));
    program.stages().forEach(stage -> text.append(line(stage)));
    return text.toString();
  }

  private static String line(Stage stage) {
    return switch (stage) {
      case Stage.Single single -> line(single);
      case Stage.Rows rows -> "for each " + axes(rows.rows()) + ":\n" + indented(rows.members());
      case Stage.Parts parts ->
          "parts by " + axes(parts.parts()) + ":\n" + indented(parts.members());
      case Stage.Slices slices ->
          "slices of " + slices.positions() + " positions:\n" + indented(slices.members());
    };
  }

  private static String indented(List<? extends Stage> members) {
    return members.stream().map(StagePrinter::line).collect(Collectors.joining()).indent(2);
  }

  private static String line(Stage.Single stage) {
    return "%s = %s    // %s\n".formatted(name(stage.target()), value(stage), stage.span());
  }

  private static String describe(Buffer buffer) {
    return name(buffer) + ": " + buffer.type() + buffer.axes();
  }

  private static String name(Buffer buffer) {
    return buffer.name();
  }

  private static String value(Stage.Single stage) {
    return switch (stage) {
      case Stage.Pointwise p -> scalar(p.value());
      case Stage.Reduce r ->
          r.reduction().name().toLowerCase(Locale.ROOT)
              + "("
              + scalar(r.value())
              + " over "
              + axes(r.over())
              + ")";
      case Stage.Contract c ->
          (c.adds() ? "itself + " : "")
              + operand(c.left())
              + " @ "
              + operand(c.right())
              + " over "
              + axes(c.over())
              + triangle(c.triangle());
      case Stage.Finished(Stage.Contract product, Stage.Pointwise finish) ->
          value(finish) + ", " + name(product.target()) + " = " + value(product);
      case Stage.Lookup l ->
          name(l.table()) + "[" + l.axis().name() + " = " + name(l.index()) + "]";
      case Stage.Scan s ->
          "cumulative sum of "
              + scalar(s.value())
              + (s.direction() == Direction.BACKWARD ? " backwards" : "");
      case Stage.Sums s ->
          "sums of " + operand(s.value()) + " at " + s.axis().name() + " = " + name(s.index());
      case Stage.Fading f ->
          "%s @ %s over %s, fading by %s %s each step"
              .formatted(
                  operand(f.query()),
                  operand(f.key()),
                  f.channel().name(),
                  operand(f.decay()),
                  f.after() ? "at" : "before");
      case Stage.Solve s ->
          (s.direction() == Direction.BACKWARD ? "solve backward x = " : "solve x = ")
              + operand(s.right())
              + " + "
              + operand(s.matrix())
              + " x, "
              + axes(s.rows())
              + " by "
              + axes(s.columns());
    };
  }

  private static String triangle(Triangle triangle) {
    return switch (triangle) {
      case NONE -> "";
      case TARGET, SOURCES -> ", source up to time";
      case TIMES -> ", time from source";
    };
  }

  private static String operand(Stage.Operand operand) {
    return name(operand.buffer()) + "[" + axes(operand.axes()) + "]";
  }

  private static String axes(java.util.List<Axis> axes) {
    return axes.stream().map(Axis::name).collect(Collectors.joining(", "));
  }

  private static String scalar(Scalar value) {
    return switch (value) {
      case Scalar.Literal(double number) -> ExactNumber.text(number);
      case Scalar.Position(Axis axis) -> axis.name();
      case Scalar.PairSign(Axis axis) -> "sign(" + axis.name() + ")";
      case Scalar.Element(Buffer buffer, var coordinates) ->
          name(buffer)
              + coordinates.stream()
                  .map(StagePrinter::coordinate)
                  .collect(Collectors.joining(", ", "[", "]"));
      case Scalar.Apply(Function function, var operands) ->
          function.arity() == 2 && !Character.isLetter(function.symbol().charAt(0))
              ? "("
                  + scalar(operands.get(0))
                  + " "
                  + function.symbol()
                  + " "
                  + scalar(operands.get(1))
                  + ")"
              : function.symbol()
                  + operands.stream()
                      .map(StagePrinter::scalar)
                      .collect(Collectors.joining(", ", "(", ")"));
    };
  }

  private static String coordinate(Coordinate coordinate) {
    return switch (coordinate) {
      case Coordinate.Along(Axis axis) -> axis.name();
      case Coordinate.Half(Axis axis) -> axis.name() + "/2";
      case Coordinate.Partner(Axis axis) -> axis.name() + "^1";
    };
  }
}
