package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Storage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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
  private final boolean blocked;
  private final List<String> arguments;
  private final int line;
  private final List<Shape> shapes;
  private final int columns;
  private final Map<List<Integer>, Procedure> tiles = new LinkedHashMap<>();
  private final Names names = new Names();

  /**
   * @param strides the distances of rows and steps, constant or named arguments, and of blocks if
   *     the right side lies in such
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
    this(
        shapes(target),
        strides.containsKey("bBlock") ? Math.max(4 * lanes, Storage.block(right)) : 4 * lanes,
        left,
        right,
        real,
        lanes,
        strides,
        arguments,
        line);
  }

  private TileLoops(
      List<Shape> shapes,
      int columns,
      ElementType left,
      ElementType right,
      ElementType real,
      int lanes,
      Map<String, Index> strides,
      List<String> arguments,
      int line) {
    this.shapes = shapes;
    this.columns = columns;
    this.left = left;
    this.right = right;
    this.real = real;
    this.lanes = lanes;
    this.strides = strides;
    this.blocked = strides.containsKey("bBlock");
    this.arguments = arguments;
    this.line = line;
  }

  /**
   * Those of so many rows that a matrix in blocks, which comes from memory for the first tile of
   * rows, is multiplied by them for about as long as that takes: high tiles, as registers have room
   * for, and less to multiply from the second level of cache than would have to be packed.
   */
  static TileLoops ofManyRows(
      Target target,
      ElementType left,
      ElementType right,
      ElementType real,
      int lanes,
      Map<String, Index> strides,
      List<String> arguments,
      int line) {
    // Vectors of a tile lie in one block or each in its own.
    int vectors = Storage.block(right) == lanes ? 3 : 2;
    List<Shape> shapes = new ArrayList<>();
    shapes.add(new Shape(8, IntStream.iterate(vectors, v -> v > 0, v -> v - 1).boxed().toList()));
    shapes.addAll(shapes(target));
    int columns = Math.max(vectors * lanes, Storage.block(right));
    return new TileLoops(shapes, columns, left, right, real, lanes, strides, arguments, line);
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
    return columns;
  }

  /** Loops from {@code rowFrom} to {@code rowTo} and {@code columnFrom} to {@code columnTo}. */
  List<Statement> statements(Matrices at, Map<String, Index> values, Index columns) {
    Columns all = new Columns(Index.variable("columnFrom"), Index.variable("columnTo"), columns);
    if (!blocked) {
      return tiles(shapes, all, at, values);
    }
    Index rows = Index.variable("rowTo").minus(Index.variable("rowFrom"));
    List<Statement> single = tiles(List.of(shapes.getLast()), all, at, values);
    return List.of(new Statement.IfLess(rows, Index.of(2), single, pieces(at, values, columns)));
  }

  /** The same of some rows and a matrix in blocks, a piece of columns after the other. */
  List<Statement> pieces(Matrices at, Map<String, Index> values, Index columns) {
    // What was read for the first rows is in the second level of cache for the next.
    Index from = Index.variable("piece");
    Index to = from.plus(Index.of(columnPiece())).minimum(Index.variable("columnTo"));
    List<Shape> narrow = shapes.stream().map(this::withinPiece).toList();
    return List.of(
        new Statement.For(
            "piece",
            Index.variable("columnFrom"),
            Index.variable("columnTo"),
            columnPiece(),
            tiles(narrow, new Columns(from, to, columns), at, values),
            line));
  }

  private Shape withinPiece(Shape shape) {
    return new Shape(
        shape.rows(), shape.vectors().stream().filter(v -> v * lanes <= columnPiece()).toList());
  }

  /**
   * Columns that are gone through.
   *
   * @param size how many the matrix has
   */
  private record Columns(Index from, Index to, Index size) {}

  private List<Statement> tiles(
      List<Shape> shapes, Columns columns, Matrices at, Map<String, Index> values) {
    List<Statement> statements = new ArrayList<>();
    Index from = Index.variable("rowFrom");
    Index to = Index.variable("rowTo");
    for (Shape shape : shapes) {
      Inside inside =
          (rows, row) ->
              columnLoops(
                  shape.vectors(),
                  columns,
                  (vectors, column) -> List.of(call(rows, vectors, row, column, at, values)));
      from = loop("row", shape.rows(), shape.rows(), from, to, inside, statements);
    }
    return statements;
  }

  private interface Inside {
    List<Statement> at(int size, Index position);
  }

  /** Loops of falling widths; what is less than a vector comes last. */
  private List<Statement> columnLoops(List<Integer> widths, Columns columns, Inside inside) {
    List<Statement> statements = new ArrayList<>();
    Index from = columns.from();
    Index to = columns.to();
    for (int vectors : widths) {
      from = loop("column", vectors, vectors * lanes, from, to, inside, statements);
    }
    if (lanes == 1 || columns.size() instanceof Index.Constant(long size) && size % lanes == 0) {
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
            new Statement.Place("b", at.b().plus(inRight(column, values)))),
        arguments.stream().map(values::get).toList(),
        line);
  }

  /** Where a column of the right side begins. */
  private Index inRight(Index column, Map<String, Index> values) {
    return blocked ? BlockedProduct.place(column, right, values.get("bBlock")) : column;
  }

  /** Sums for some rows and vectors; without vectors for one column. */
  private Procedure tile(int rows, int vectors) {
    boolean single = vectors == 0 || lanes == 1;
    int columns = Math.max(1, vectors);
    RegisterTile tile = new RegisterTile(rows, columns, real, single, strides.get("steps"), false);
    return new Procedure(
        (blocked ? "blocks" : "tile") + rows + "x" + (single ? columns + "single" : columns),
        List.of(
            new BufferParameter("c", real),
            new BufferParameter("a", left),
            new BufferParameter("b", right)),
        arguments,
        tile.statements(new AsItLies(single ? 1 : lanes)));
  }

  /** In matrices as they lie, with vectors of so many elements. */
  private final class AsItLies implements RegisterTile.Places {
    private final int width;

    private AsItLies(int width) {
      this.width = width;
    }

    @Override
    public Index left(int row, Index k) {
      return k.times(strides.get("aStep")).plus(Index.of(row).times(strides.get("aRow")));
    }

    @Override
    public Index right(int vector, Index k) {
      Index column = inRight(Index.of((long) vector * width), strides);
      return k.times(strides.get("bStep")).plus(column);
    }

    @Override
    public Index target(int row, int vector) {
      return Index.of(row).times(strides.get("cRow")).plus(Index.of((long) vector * width));
    }
  }
}
