package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Tiles of a matrix product whose right side is packed: a panel of a few vectors, row by row.
 *
 * <p>A tile keeps {@code rows x vectors} sums in registers while k runs. The left side is read
 * where it lies if k goes along its memory, else from panels as well. No stride is a constant but
 * those of panels, so that all products of a model share a few tiles, which the JVM has compiled
 * soon.
 */
final class PanelTiles {
  /** What tiles differ by. */
  private record Variant(
      int vectorBits, Tiling tiling, ElementType left, ElementType real, boolean packedRows) {}

  // Products of all models have the same tiles: one object each, since to compare two takes long.
  private static final Map<Variant, PanelTiles> KNOWN = new ConcurrentHashMap<>();

  private final ElementType left;
  private final ElementType real;
  private final int lanes;
  private final boolean packedRows;
  private final Tiling tiling;
  private final Map<List<Object>, Procedure> made = new HashMap<>();

  /**
   * @param left the type of the left side's elements
   * @param packedRows whether the left side comes in panels
   */
  static PanelTiles of(
      int vectorBits, Tiling tiling, ElementType left, ElementType real, boolean packedRows) {
    return KNOWN.computeIfAbsent(
        new Variant(vectorBits, tiling, packedRows ? real : left, real, packedRows),
        PanelTiles::new);
  }

  private PanelTiles(Variant variant) {
    this.left = variant.left();
    this.real = variant.real();
    this.lanes = Target.lanes(variant.vectorBits(), real);
    this.packedRows = variant.packedRows();
    this.tiling = variant.tiling();
  }

  /** Rows of a panel of the left side: whole vectors and whole tiles. */
  int panelHeight() {
    return tiling.panelHeight(lanes);
  }

  /** The arguments of {@link #rows} after the number of rows. */
  List<String> strides() {
    return packedRows ? List.of("cRow") : List.of("cRow", "aRow");
  }

  private Index aRow() {
    return packedRows ? Index.ONE : at("aRow");
  }

  private Index aStep() {
    return packedRows ? Index.of(panelHeight()) : Index.ONE;
  }

  /** All rows of one panel of columns, as the first steps of its sums. */
  Procedure rows(int vectors) {
    return once(List.of("rows", vectors), () -> rowLoops(vectors, false));
  }

  /** All rows of one panel of columns, added to the sums of the steps before. */
  Procedure moreRows(int vectors) {
    return once(List.of("more rows", vectors), () -> rowLoops(vectors, true));
  }

  /** All rows of a panel of one vector, of which only some columns belong to the target. */
  Procedure edge() {
    return once(List.of("edge"), () -> edgeLoops(false));
  }

  /** The same, added to the sums of the steps before. */
  Procedure moreEdge() {
    return once(List.of("more edge"), () -> edgeLoops(true));
  }

  private synchronized Procedure once(List<Object> key, Supplier<Procedure> make) {
    Procedure known = made.get(key);
    if (known == null) {
      known = make.get();
      made.put(key, known);
    }
    return known;
  }

  private Procedure rowLoops(int vectors, boolean more) {
    List<Statement> body = new ArrayList<>();
    heightLoops(
        body,
        (height, row) -> List.of(tileCall(height, vectors, more, inTarget(row), row, at("cRow"))));
    return new Procedure(
        (more ? "moreRows" : "rows") + vectors, matrices(), arguments("rows", "steps"), body);
  }

  private Procedure edgeLoops(boolean more) {
    List<Statement> body = new ArrayList<>();
    heightLoops(
        body,
        (height, row) ->
            List.of(
                asideCall(height, 1, row),
                new Statement.Call(
                    once(List.of("columns", more), () -> columns(more)),
                    List.of(inTarget(row), new Statement.Place("aside", Index.ZERO)),
                    List.of(Index.of(height), at("columns"), at("cRow")),
                    Procedure.NO_LINE)));
    return new Procedure(
        more ? "moreEdge" : "edge", withAside(), arguments("rows", "columns", "steps"), body);
  }

  private interface Inside {
    List<Statement> at(int height, Index row);
  }

  private void heightLoops(List<Statement> statements, Inside inside) {
    Index from = Index.ZERO;
    Index rows = at("rows");
    for (int height : tiling.heights()) {
      String end = "end" + height;
      statements.add(
          new Statement.DefineIndex(
              end, rows.minus(from).dividedBy(height).times(height).plus(from)));
      String row = "row" + height;
      statements.add(
          new Statement.For(
              row, from, at(end), height, inside.at(height, at(row)), Procedure.NO_LINE));
      from = at(end);
    }
  }

  private static Index at(String name) {
    return Index.variable(name);
  }

  private static Statement.Place inTarget(Index row) {
    return new Statement.Place("c", row.times(at("cRow")));
  }

  private Statement asideCall(int height, int vectors, Index row) {
    Index width = Index.of((long) vectors * lanes);
    return tileCall(height, vectors, false, new Statement.Place("aside", Index.ZERO), row, width);
  }

  private Statement tileCall(
      int height, int vectors, boolean more, Statement.Place c, Index row, Index cRow) {
    List<Index> values = new ArrayList<>(List.of(cRow));
    if (!packedRows) {
      values.add(at("aRow"));
    }
    values.add(at("steps"));
    return new Statement.Call(
        once(List.of("tile", height, vectors, more), () -> tile(height, vectors, more)),
        List.of(
            c, new Statement.Place("a", row.times(aRow())), new Statement.Place("b", Index.ZERO)),
        values,
        Procedure.NO_LINE);
  }

  /** Copies or adds some columns of the tile aside, which is one vector wide, to the target. */
  private Procedure columns(boolean more) {
    Kind one = Kind.scalar(real);
    Index target = at("row").times(at("cRow")).plus(at("column"));
    Value value = new Value.Load("aside", at("row").times(lanes).plus(at("column")), one);
    if (more) {
      value = new Value.Binary(Value.BinaryOperation.ADD, new Value.Load("c", target, one), value);
    }
    return new Procedure(
        more ? "addColumns" : "copyColumns",
        List.of(new BufferParameter("c", real), new BufferParameter("aside", real)),
        List.of("rows", "columns", "cRow"),
        List.of(
            new Statement.For(
                "row",
                Index.ZERO,
                at("rows"),
                1,
                List.of(
                    new Statement.For(
                        "column",
                        Index.ZERO,
                        at("columns"),
                        1,
                        List.of(new Statement.Store("c", target, value)),
                        Procedure.NO_LINE)),
                Procedure.NO_LINE)));
  }

  private List<BufferParameter> withAside() {
    List<BufferParameter> buffers = new ArrayList<>(matrices());
    buffers.add(new BufferParameter("aside", real));
    return buffers;
  }

  private List<BufferParameter> matrices() {
    return List.of(
        new BufferParameter("c", real),
        new BufferParameter("a", left),
        new BufferParameter("b", real));
  }

  private List<String> arguments(String... others) {
    List<String> arguments = new ArrayList<>(List.of(others));
    arguments.addAll(strides());
    return arguments;
  }

  private Procedure tile(int rows, int vectors, boolean more) {
    RegisterTile tile = new RegisterTile(rows, vectors, real, lanes == 1, at("steps"), more);
    List<String> arguments = new ArrayList<>(strides());
    arguments.add("steps");
    String name = (more ? "more" : "tile") + rows + "x" + vectors;
    return new Procedure(name, matrices(), arguments, tile.statements(new InPanels(vectors)));
  }

  /** In a panel of so many vectors. */
  private final class InPanels implements RegisterTile.Places {
    private final int vectors;

    private InPanels(int vectors) {
      this.vectors = vectors;
    }

    @Override
    public Index left(int row, Index k) {
      return k.times(aStep()).plus(Index.of(row).times(aRow()));
    }

    @Override
    public Index right(int vector, Index k) {
      return k.times((long) vectors * lanes).plus(Index.of((long) vector * lanes));
    }

    @Override
    public Index target(int row, int vector) {
      return Index.of(row).times(at("cRow")).plus(Index.of((long) vector * lanes));
    }
  }
}
