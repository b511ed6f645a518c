package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The loops over the tiles of a matrix product of few rows, and the tiles themselves.
 *
 * <p>A tile keeps {@code rows x vectors} sums in registers while k runs, so that each element read
 * is used several times; a product of one row keeps many vectors instead, so that long pieces of
 * memory are read in one go. What is left over at the edges goes to smaller tiles; the last vector
 * of a row may overlap the one before, and then writes the same sums again. Nothing is packed: each
 * element of the right side is read once or twice.
 */
final class TileLoops {
  /** The element at which each matrix begins. */
  record Matrices(Index a, Index b, Index c) {}

  /** How many rows a tile has, and how many vectors it may have, from wide to narrow. */
  private record Shape(int rows, List<Integer> vectors) {}

  private final ElementType left;
  private final ElementType right;
  private final ElementType real;
  private final int lanes;
  private final Map<String, Index> strides;
  private final List<String> arguments;
  private final int line;
  private final List<Shape> shapes;
  private final Map<List<Integer>, Procedure> tiles = new LinkedHashMap<>();
  private final Names names = new Names();

  /**
   * @param strides the distances of rows and steps, constant or named arguments
   * @param arguments the names of those that are not constant
   */
  TileLoops(
      Target target,
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
    this.shapes = shapes(target);
  }

  private static List<Shape> shapes(Target target) {
    boolean manyRegisters = target.vectorBits() == 512;
    return manyRegisters
        ? List.of(
            new Shape(4, List.of(4, 2, 1)),
            new Shape(2, List.of(8, 4, 2, 1)),
            new Shape(1, List.of(16, 8, 4, 2, 1)))
        : List.of(
            new Shape(4, List.of(2, 1)),
            new Shape(2, List.of(4, 2, 1)),
            new Shape(1, List.of(8, 4, 2, 1)));
  }

  /** Rows that a worker takes at once. */
  int rowPiece() {
    return shapes.getFirst().rows();
  }

  /** Columns that a worker takes at once. */
  int columnPiece() {
    return 4 * lanes;
  }

  /** Loops from {@code rowFrom} to {@code rowTo} and {@code columnFrom} to {@code columnTo}. */
  List<Statement> statements(Matrices at, Map<String, Index> values, Index columns) {
    return rowLoops((rows, row) ->
        columnLoops(
            vectorsOf(rows),
            columns,
            (vectors, column) -> List.of(call(rows, vectors, row, column, at, values))));
  }

  private List<Integer> vectorsOf(int rows) {
    return shapes.stream().filter(s -> s.rows() == rows).findFirst().orElseThrow().vectors();
  }

  private interface Inside {
    List<Statement> at(int size, Index position);
  }

  private List<Statement> rowLoops(Inside inside) {
    List<Statement> statements = new ArrayList<>();
    Index from = Index.variable("rowFrom");
    Index to = Index.variable("rowTo");
    for (Shape shape : shapes) {
      from = loop("row", shape.rows(), shape.rows(), from, to, inside, statements);
    }
    return statements;
  }

  /** Loops of falling widths; what is less than a vector comes last. */
  private List<Statement> columnLoops(List<Integer> widths, Index columns, Inside inside) {
    List<Statement> statements = new ArrayList<>();
    Index from = Index.variable("columnFrom");
    Index to = Index.variable("columnTo");
    for (int vectors : widths) {
      from = loop("column", vectors, vectors * lanes, from, to, inside, statements);
    }
    if (lanes == 1 || columns instanceof Index.Constant(long size) && size % lanes == 0) {
      return statements;
    }
    String last = names.fresh("lastColumn");
    List<Statement> overlapping = new ArrayList<>();
    overlapping.add(new Statement.DefineIndex(last, to.minus(Index.of(lanes))));
    overlapping.addAll(inside.at(1, Index.variable(last)));
    List<Statement> narrow = new ArrayList<>();
    loop("column", 0, 1, from, to, inside, narrow);
    statements.add(
        new Statement.IfLess(
            from,
            to,
            List.of(new Statement.IfLess(Index.of(lanes - 1L), to, overlapping, narrow)),
            List.of()));
    return statements;
  }

  /** Adds a loop in steps of {@code step} while they fit; returns where it ends. */
  private Index loop(
      String stem,
      int size,
      int step,
      Index from,
      Index to,
      Inside inside,
      List<Statement> statements) {
    String end = names.fresh(stem + "End");
    statements.add(
        new Statement.DefineIndex(end, to.minus(from).dividedBy(step).times(step).plus(from)));
    String variable = names.fresh(stem);
    statements.add(
        new Statement.For(
            variable,
            from,
            Index.variable(end),
            step,
            inside.at(size, Index.variable(variable)),
            line));
    return Index.variable(end);
  }

  private Statement call(
      int rows, int vectors, Index row, Index column, Matrices at, Map<String, Index> values) {
    return new Statement.Call(
        tiles.computeIfAbsent(List.of(rows, vectors), key -> tile(rows, vectors)),
        List.of(
            new Statement.Place("c", at.c().plus(row.times(values.get("cRow"))).plus(column)),
            new Statement.Place("a", at.a().plus(row.times(values.get("aRow")))),
            new Statement.Place("b", at.b().plus(column))),
        arguments.stream().map(values::get).toList(),
        line);
  }

  /** Sums for some rows and vectors; without vectors for one column. */
  private Procedure tile(int rows, int vectors) {
    boolean single = vectors == 0 || lanes == 1;
    int columns = Math.max(1, vectors);
    int width = single ? 1 : lanes;
    Kind one = Kind.scalar(real);
    Kind kind = single ? one : Kind.vector(real);
    List<Statement> body = new ArrayList<>();
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < columns; v++) {
        Value zero = new Value.Literal(0, one);
        body.add(new Statement.Accumulator(sum(r, v), single ? zero : new Value.Broadcast(zero)));
      }
    }
    List<Statement> step = new ArrayList<>();
    Index k = Index.variable("k");
    for (int v = 0; v < columns; v++) {
      step.add(
          new Statement.Define(
              "b" + v,
              new Value.Load(
                  "b", k.times(strides.get("bStep")).plus(Index.of((long) v * width)), kind)));
    }
    for (int r = 0; r < rows; r++) {
      Value element =
          new Value.Load(
              "a", k.times(strides.get("aStep")).plus(Index.of(r).times(strides.get("aRow"))), one);
      step.add(new Statement.Define("a" + r, single ? element : new Value.Broadcast(element)));
      for (int v = 0; v < columns; v++) {
        step.add(
            new Statement.Assign(
                sum(r, v),
                new Value.MultiplyAdd(
                    new Value.Local("a" + r, kind),
                    new Value.Local("b" + v, kind),
                    new Value.Local(sum(r, v), kind))));
      }
    }
    body.add(new Statement.For("k", Index.ZERO, strides.get("steps"), 1, step, Procedure.NO_LINE));
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < columns; v++) {
        body.add(
            new Statement.Store(
                "c",
                Index.of(r).times(strides.get("cRow")).plus(Index.of((long) v * width)),
                new Value.Local(sum(r, v), kind)));
      }
    }
    return new Procedure(
        "tile" + rows + "x" + (single ? columns + "single" : columns),
        List.of(
            new BufferParameter("c", real),
            new BufferParameter("a", left),
            new BufferParameter("b", right)),
        arguments,
        body);
  }

  private static String sum(int row, int vector) {
    return "sum" + row + "_" + vector;
  }
}
