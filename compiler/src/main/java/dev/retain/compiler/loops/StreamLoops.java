package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One row times a matrix that is too large for the caches: its rows are read one after the other in
 * long pieces, as memory likes it, and the sums wait in the nearest cache.
 *
 * <p>Each sum runs in the order of k, as in the tiles of {@link TileLoops}, to the same bits.
 */
final class StreamLoops {
  /** Rows of the matrix that are read side by side. */
  private static final int ROWS = 8;

  /** Bytes of a matrix that are far more than a worker's nearest cache holds. */
  private static final long LARGE = 256 << 10;

  private final ElementType left;
  private final ElementType right;
  private final ElementType real;
  private final int lanes;
  private final Map<String, Index> strides;
  private final List<String> arguments;
  private final int line;

  /**
   * @param strides the distances of steps, constant or named arguments
   * @param arguments the names of those that are not constant
   */
  StreamLoops(
      ElementType left,
      ElementType right,
      ElementType real,
      int lanes,
      Map<String, Index> strides,
      List<String> arguments,
      int line) {
    this.left = left;
    this.right = right;
    this.real = real;
    this.lanes = lanes;
    this.strides = strides;
    this.arguments = arguments;
    this.line = line;
  }

  /** Whether a matrix is so large. */
  static boolean pays(Index steps, Index columns, ElementType type) {
    return steps instanceof Index.Constant(long k)
        && columns instanceof Index.Constant(long n)
        && k * n * type.bytes() >= LARGE;
  }

  /** The columns from {@code columnFrom} to {@code columnTo} of the only row. */
  List<Statement> statements(TileLoops.Matrices at, Map<String, Index> values) {
    Index steps = values.get("steps");
    Index whole = steps.dividedBy(ROWS).times(ROWS);
    List<Statement> statements = new ArrayList<>();
    statements.add(
        new Statement.Call(
            clear(),
            List.of(new Statement.Place("c", at.c().plus(Index.variable("columnFrom")))),
            List.of(columns()),
            line));
    statements.add(loop("streamed", Index.ZERO, whole, ROWS, at, values));
    if (!whole.equals(steps)) {
      statements.add(loop("single", whole, steps, 1, at, values));
    }
    return statements;
  }

  private static Index columns() {
    return Index.variable("columnTo").minus(Index.variable("columnFrom"));
  }

  private Statement loop(
      String variable,
      Index from,
      Index to,
      int rows,
      TileLoops.Matrices at,
      Map<String, Index> values) {
    Index k = Index.variable(variable);
    List<Index> given = new ArrayList<>(List.of(columns()));
    arguments.forEach(name -> given.add(values.get(name)));
    Index column = Index.variable("columnFrom");
    Statement call =
        new Statement.Call(
            addition(rows),
            List.of(
                new Statement.Place("c", at.c().plus(column)),
                new Statement.Place("a", at.a().plus(k.times(values.get("aStep")))),
                new Statement.Place("b", at.b().plus(k.times(values.get("bStep"))).plus(column))),
            given,
            line);
    return new Statement.For(variable, from, to, rows, List.of(call), line);
  }

  private Procedure clear() {
    return new Procedure(
        "clear",
        List.of(new BufferParameter("c", real)),
        List.of("columns"),
        alongColumns((column, kind) ->
            List.of(new Statement.Store("c", column, spread(new Value.Literal(0, one()), kind)))));
  }

  /** Adds some rows of the matrix, each times an element of the left side. */
  private Procedure addition(int rows) {
    List<Statement> body = new ArrayList<>();
    for (int r = 0; r < rows; r++) {
      Index place = Index.of(r).times(strides.get("aStep"));
      body.add(new Statement.Define("a" + r, new Value.Load("a", place, one())));
      if (lanes > 1) {
        body.add(
            new Statement.Define("x" + r, new Value.Broadcast(new Value.Local("a" + r, one()))));
      }
    }
    body.addAll(
        alongColumns((column, kind) -> {
          Value sum = new Value.Load("c", column, kind);
          for (int r = 0; r < rows; r++) {
            Index place = Index.of(r).times(strides.get("bStep")).plus(column);
            Value factor = new Value.Local((kind.isVector() ? "x" : "a") + r, kind);
            sum = new Value.MultiplyAdd(factor, new Value.Load("b", place, kind), sum);
          }
          return List.of(new Statement.Store("c", column, sum));
        }));
    List<String> names = new ArrayList<>(List.of("columns"));
    names.addAll(arguments);
    return new Procedure(
        "stream" + rows,
        List.of(
            new BufferParameter("c", real),
            new BufferParameter("a", left),
            new BufferParameter("b", right)),
        names,
        body);
  }

  private interface Inside {
    List<Statement> at(Index column, Kind kind);
  }

  private List<Statement> alongColumns(Inside inside) {
    Index columns = Index.variable("columns");
    Index whole = lanes > 1 ? columns.dividedBy(lanes).times(lanes) : Index.ZERO;
    List<Statement> statements = new ArrayList<>();
    if (lanes > 1) {
      statements.add(
          new Statement.For(
              "column",
              Index.ZERO,
              whole,
              lanes,
              inside.at(Index.variable("column"), Kind.vector(real)),
              Procedure.NO_LINE));
    }
    statements.add(
        new Statement.For(
            "last",
            whole,
            columns,
            1,
            inside.at(Index.variable("last"), one()),
            Procedure.NO_LINE));
    return statements;
  }

  private Kind one() {
    return Kind.scalar(real);
  }

  private Value spread(Value value, Kind kind) {
    return kind.isVector() ? new Value.Broadcast(value) : value;
  }
}
