package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** The procedures of a triangular system: one row of it, or some at once. */
final class SolveRows {
  /** The streams of a system, as {@link Streams} numbers them. */
  static final int OUT = 0;

  static final int MATRIX = 1;
  static final int RIGHT = 2;

  private final Stage.Solve stage;
  private final Streams streams;
  private final ElementType real;
  private final int lanes;
  private final int vectors;

  /**
   * @param vectors how many vectors of a row are solved for at once; 0 for one number
   */
  SolveRows(Stage.Solve stage, Streams streams, int lanes, int vectors) {
    this.stage = stage;
    this.streams = streams;
    this.real = stage.target().type();
    this.lanes = lanes;
    this.vectors = vectors;
  }

  boolean forward() {
    return stage.direction() == Direction.FORWARD;
  }

  /** The axis of the matrix along which its rows lie; backwards its columns are the rows. */
  Axis matrixRow() {
    return (forward() ? stage.rows() : stage.columns()).getFirst();
  }

  private Axis matrixColumn() {
    return (forward() ? stage.columns() : stage.rows()).getFirst();
  }

  /**
   * Some rows at once, the first at {@code row0}: what all rows done before give them, then what
   * each of them gives the next ones.
   */
  Procedure together(int count) {
    Axis axis = stage.rows().getFirst();
    Index first = Index.variable("row0");
    List<Statement> body = new ArrayList<>();
    // The JVM calls a method for a number that is loaded late: see docs/loops.md.
    for (int done = 0; done < count; done++) {
      for (int r = done + 1; r < count; r++) {
        body.add(factor(among(done, r), r, first.plus(inOrder(done))));
      }
    }
    for (int r = 0; r < count; r++) {
      Index place = streams.offset(RIGHT, axis, inOrder(r));
      for (int v = 0; v < vectors; v++) {
        body.add(
            new Statement.Accumulator(
                sum(r, v), new Value.Load(streams.name(RIGHT), place.plus(at(v)), kind())));
      }
    }
    Index above = Index.variable("above");
    List<Statement> step = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      step.add(factor("factor" + r, r, above));
    }
    for (int v = 0; v < vectors; v++) {
      Index place = streams.offset(OUT, axis, above).plus(at(v));
      step.add(new Statement.Define("x" + v, new Value.Load(streams.name(OUT), place, kind())));
    }
    for (int r = 0; r < count; r++) {
      step.addAll(multiply(r, "factor" + r, v -> "x" + v));
    }
    body.add(
        new Statement.For(
            "above",
            forward() ? Index.ZERO : first.plus(Index.ONE),
            forward() ? first : Layout.size(axis),
            1,
            step,
            Procedure.NO_LINE));
    for (int done = 0; done < count; done++) {
      Index position = first.plus(inOrder(done));
      for (int v = 0; v < vectors; v++) {
        body.add(
            new Statement.Store(
                streams.name(OUT),
                streams.offset(OUT, axis, position).plus(at(v)),
                new Value.Local(sum(done, v), kind())));
      }
      int from = done;
      for (int r = done + 1; r < count; r++) {
        body.addAll(multiply(r, among(done, r), v -> sum(from, v)));
      }
    }
    return new Procedure(
        "solve" + count, streams.parameters(), List.of("row0", "batch", "time"), body);
  }

  /** How far the row of that number is from the first. */
  private Index inOrder(int row) {
    return Index.of(forward() ? row : -row);
  }

  private static String sum(int row, int vector) {
    return "sum%d_%d".formatted(row, vector);
  }

  private static String among(int done, int row) {
    return "factor%d_%d".formatted(done, row);
  }

  /** The matrix's element by which a row that is done goes into one of the rows at once. */
  private Statement factor(String name, int row, Index done) {
    Index place =
        streams
            .offset(MATRIX, matrixRow(), inOrder(row))
            .plus(streams.offset(MATRIX, matrixColumn(), done));
    return new Statement.Define(
        name, new Value.Load(streams.name(MATRIX), place, Kind.scalar(real)));
  }

  /** Adds a multiple of a row that is done to one of the rows at once. */
  private List<Statement> multiply(int row, String factor, IntFunction<String> vector) {
    List<Statement> statements = new ArrayList<>();
    statements.add(
        new Statement.Define(
            factor + "s", new Value.Broadcast(new Value.Local(factor, Kind.scalar(real)))));
    for (int v = 0; v < vectors; v++) {
      statements.add(
          new Statement.Assign(
              sum(row, v),
              new Value.MultiplyAdd(
                  new Value.Local(factor + "s", kind()),
                  new Value.Local(vector.apply(v), kind()),
                  new Value.Local(sum(row, v), kind()))));
    }
    return statements;
  }

  /** One row, from those done before it. */
  Procedure one() {
    List<Statement> body = new ArrayList<>();
    for (int v = 0; v < width(); v++) {
      body.add(
          new Statement.Accumulator("sum" + v, new Value.Load(streams.name(RIGHT), at(v), kind())));
    }
    body.addAll(above(0, new LinkedHashMap<>()));
    Map<Axis, Index> row = new LinkedHashMap<>();
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < stage.rows().size(); i++) {
      arguments.add("row" + i);
      row.put(stage.rows().get(i), Index.variable("row" + i));
    }
    for (int v = 0; v < width(); v++) {
      body.add(
          new Statement.Store(
              streams.name(OUT),
              streams.place(OUT, row).plus(at(v)),
              new Value.Local("sum" + v, kind())));
    }
    arguments.add("batch");
    arguments.add("time");
    return new Procedure("solve", streams.parameters(), arguments, body);
  }

  /**
   * The rows that agree with this one in the first {@code equal} places and are done before it in
   * the next: all values of other steps, then the other ones of this step.
   */
  private List<Statement> above(int equal, Map<Axis, Index> known) {
    List<Axis> rows = stage.rows();
    if (equal == rows.size()) {
      return List.of();
    }
    Map<Axis, Index> at = new LinkedHashMap<>(known);
    List<String> variables = new ArrayList<>();
    for (int i = equal; i < rows.size(); i++) {
      variables.add("above%d_%d".formatted(equal, i));
      at.put(rows.get(i), Index.variable(variables.getLast()));
    }
    List<Statement> body = multiply(at, "factor" + equal);
    for (int i = rows.size() - 1; i >= equal; i--) {
      Index own = Index.variable("row" + i);
      Index start = i == equal && !forward() ? own.plus(Index.ONE) : Index.ZERO;
      Index end = i == equal && forward() ? own : Layout.size(rows.get(i));
      body =
          List.of(
              new Statement.For(variables.get(i - equal), start, end, 1, body, Procedure.NO_LINE));
    }
    List<Statement> all = new ArrayList<>(body);
    Map<Axis, Index> same = new LinkedHashMap<>(known);
    same.put(rows.get(equal), Index.variable("row" + equal));
    all.addAll(above(equal + 1, same));
    return all;
  }

  private List<Statement> multiply(Map<Axis, Index> at, String factor) {
    Map<Axis, Index> columns = new LinkedHashMap<>();
    at.forEach((row, position) ->
        columns.put(forward() ? stage.columns().get(stage.rows().indexOf(row)) : row, position));
    List<Statement> body = new ArrayList<>();
    Value element =
        new Value.Load(streams.name(MATRIX), streams.place(MATRIX, columns), Kind.scalar(real));
    body.add(new Statement.Define(factor, vectors > 0 ? new Value.Broadcast(element) : element));
    for (int v = 0; v < width(); v++) {
      body.add(
          new Statement.Assign(
              "sum" + v,
              new Value.MultiplyAdd(
                  new Value.Local(factor, kind()),
                  new Value.Load(streams.name(OUT), streams.place(OUT, at).plus(at(v)), kind()),
                  new Value.Local("sum" + v, kind()))));
    }
    return body;
  }

  private int width() {
    return Math.max(1, vectors);
  }

  private Index at(int vector) {
    return Index.of((long) vector * lanes);
  }

  private Kind kind() {
    return vectors > 0 ? Kind.vector(real) : Kind.scalar(real);
  }
}
