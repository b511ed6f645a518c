package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.ElementReplacement;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is made of the sums of a product, some rows of a panel of columns at a time, and goes to the
 * target.
 */
final class ProductFinish {
  private final Scalar value;
  private final Scalar.Element made;
  private final ProductStreams streams;
  private final Axis columns;
  private final ElementType real;
  private final int lanes;

  /**
   * @param streams of the whole stage, under the product's names
   * @param columns the target's last axis
   */
  ProductFinish(Stage.Finished stage, ProductStreams streams, Axis columns, int lanes) {
    Map<Axis, Axis> names = stage.names();
    this.value =
        new ElementReplacement(element -> inProductNames(element, names))
            .replace(stage.finish().value());
    this.made = inProductNames(stage.made(), names);
    this.streams = streams;
    this.columns = columns;
    this.real = stage.target().type();
    this.lanes = lanes;
  }

  static Scalar.Element inProductNames(Scalar.Element element, Map<Axis, Axis> names) {
    return new Scalar.Element(
        element.buffer(),
        element.coordinates().stream()
            .map(coordinate -> coordinate.along(names.get(coordinate.axis())))
            .toList());
  }

  /** The streams that it reads beside the sums. */
  List<Integer> others() {
    return streams.others();
  }

  /** The buffer that stands for a stream. */
  String name(int stream) {
    return streams.all().name(stream);
  }

  /** The argument that brings the distance of rows in a stream. */
  String row(int stream) {
    return name(stream) + "Row";
  }

  /** How far one column goes in a stream: 0 or 1. */
  Index column(int stream) {
    return streams.stride(stream, columns);
  }

  List<BufferParameter> parameters() {
    return streams.otherParameters();
  }

  /** Rows of a panel of so many whole vectors. */
  Procedure vectors(int vectors) {
    List<Statement> row = new ArrayList<>();
    Names names = new Names();
    for (int v = 0; v < vectors; v++) {
      element(Index.of((long) v * lanes), lanes > 1, names, row);
    }
    return procedure("finish" + vectors, List.of(), row);
  }

  /** Rows of a panel of which only some columns belong to the target. */
  Procedure edge() {
    List<Statement> element = new ArrayList<>();
    element(Index.variable("column"), false, new Names(), element);
    return procedure(
        "finishEdge",
        List.of("columns"),
        List.of(
            new Statement.For(
                "column", Index.ZERO, Index.variable("columns"), 1, element, Procedure.NO_LINE)));
  }

  private Procedure procedure(String name, List<String> more, List<Statement> row) {
    List<BufferParameter> buffers = new ArrayList<>();
    buffers.add(new BufferParameter("c", real));
    buffers.add(new BufferParameter("sums", real));
    buffers.addAll(parameters());
    List<String> arguments = new ArrayList<>(List.of("rows"));
    arguments.addAll(more);
    arguments.addAll(List.of("cRow", "sumsRow"));
    others().forEach(stream -> arguments.add(row(stream)));
    return new Procedure(
        name,
        buffers,
        arguments,
        List.of(
            new Statement.For(
                "row", Index.ZERO, Index.variable("rows"), 1, row, Procedure.NO_LINE)));
  }

  private void element(Index column, boolean vector, Names names, List<Statement> statements) {
    Value finished =
        new ScalarLowering(new Places(column), real, real, vector, names, statements).value(value);
    statements.add(
        new Statement.Store(
            "c", Index.variable("row").times(Index.variable("cRow")).plus(column), finished));
  }

  /** Of the elements at a row and a column of a panel. */
  private final class Places implements ScalarLowering.Places {
    private final Index column;

    private Places(Index column) {
      this.column = column;
    }

    @Override
    public String name(Scalar.Element element) {
      return element.equals(made) ? "sums" : ProductFinish.this.name(streams.all().number(element));
    }

    @Override
    public Index element(Scalar.Element element) {
      return first(element);
    }

    @Override
    public Index first(Scalar.Element element) {
      if (element.equals(made)) {
        return Index.variable("row").times(Index.variable("sumsRow")).plus(column);
      }
      int stream = streams.all().number(element);
      return Index.variable("row")
          .times(Index.variable(row(stream)))
          .plus(column.times(column(stream)));
    }

    @Override
    public ScalarLowering.Movement movement(Scalar.Element element) {
      return element.equals(made)
          ? ScalarLowering.Movement.BY_ONE
          : ScalarLowering.movement(element, columns, column(streams.all().number(element)));
    }

    @Override
    public Index position(Axis axis) {
      throw new IllegalStateException("the position along " + axis + " finishes no product");
    }

    @Override
    public boolean isInner(Axis axis) {
      return axis.equals(columns);
    }
  }
}
