package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Triangle;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A product of two matrices, or a piece of one, in blocks that stay in a worker's cache: columns of
 * the right side are packed into panels, rows of the left side too unless k goes along their
 * memory.
 *
 * <p>Each sum runs in the order of k, block after block, whatever piece of the target it is in.
 */
final class PanelProduct {
  private static final List<String> SIZES =
      List.of("rowFrom", "rowTo", "columnFrom", "columnTo", "steps", "later");
  private static final List<String> STRIDES =
      List.of("cRow", "aRow", "aStep", "bStep", "bColumn", "bBlock");

  /**
   * What products differ by.
   *
   * @param blocked whether the right side lies in blocks of columns
   * @param units the strides that are 1; others are arguments
   */
  private record Variant(
      int vectorBits,
      Tiling tiling,
      ElementType left,
      ElementType right,
      ElementType real,
      Triangle triangle,
      boolean blocked,
      Set<String> units) {}

  // Of the products of all models there are a few kinds: one object each, as with tiles.
  private static final Map<Variant, PanelProduct> KNOWN = new ConcurrentHashMap<>();

  private final ElementType left;
  private final ElementType right;
  private final ElementType real;
  private final Triangle triangle;
  private final Tiling tiling;
  private final int lanes;
  private final boolean blocked;
  private final Set<String> units;
  private final boolean packedRows;
  private final PanelTiles tiles;
  private final PanelPacking rowPacking;
  private final PanelPacking columnPacking;
  private final Optional<ProductFinish> finish;
  private final Procedure procedure;

  /**
   * @param triangle what need not be computed
   * @param strides the distances of rows, columns and steps in the three matrices, and of blocks if
   *     the right side lies in such
   * @param finish what is made of the sums
   */
  static PanelProduct of(
      Target target,
      ElementType left,
      ElementType right,
      ElementType real,
      Triangle triangle,
      Map<String, Index> strides,
      Optional<ProductFinish> finish) {
    Set<String> units =
        STRIDES.stream()
            .filter(stride -> Index.ONE.equals(strides.get(stride)))
            .collect(Collectors.toUnmodifiableSet());
    Variant variant =
        new Variant(
            target.vectorBits(),
            target.tiling(),
            left,
            right,
            real,
            triangle,
            strides.containsKey("bBlock"),
            units);
    return finish.isPresent()
        ? new PanelProduct(target, variant, finish)
        : KNOWN.computeIfAbsent(variant, _ -> new PanelProduct(target, variant, finish));
  }

  private PanelProduct(Target target, Variant variant, Optional<ProductFinish> finish) {
    this.left = variant.left();
    this.right = variant.right();
    this.real = variant.real();
    this.triangle = variant.triangle();
    this.tiling = variant.tiling();
    this.lanes = target.lanes(real);
    this.blocked = variant.blocked();
    this.units = variant.units();
    this.packedRows = !isOne("aStep");
    this.tiles = PanelTiles.of(target, left, real, packedRows);
    this.rowPacking = new PanelPacking(left, real, lanes);
    this.columnPacking = new PanelPacking(right, real, lanes);
    this.finish = finish;
    this.procedure = product();
  }

  private boolean isOne(String stride) {
    return units.contains(stride);
  }

  /** Rows that a worker takes at once. */
  int rowPiece() {
    return tiles.height();
  }

  /** Columns that a worker takes at once. */
  int columnPiece() {
    return (tiling.vectors() + lanes - 1) / lanes * lanes;
  }

  /** Columns below which a worker's share is not worth a panel. */
  int leastColumns() {
    return 2 * tiling.vectors() * lanes;
  }

  /**
   * The piece of the product from {@code rowFrom} to {@code rowTo} and {@code columnFrom} to {@code
   * columnTo}.
   *
   * @param c where the target begins, and the same of the sides
   * @param others where what the finish reads begins
   * @param strides as for {@link #of}, the number of {@code steps}, and the distances of rows in
   *     what the finish reads
   * @param later 0 if these are the first steps of the sums, else others came before
   * @param open 0 if these are the last steps of the sums, else others will come
   */
  Statement call(
      Index c,
      Index a,
      Index b,
      List<Statement.Place> others,
      Map<String, Index> strides,
      Index later,
      Index open,
      int line) {
    List<Index> arguments =
        new ArrayList<>(SIZES.subList(0, 4).stream().map(Index::variable).toList());
    arguments.add(strides.get("steps"));
    arguments.add(later);
    arguments().map(strides::get).forEach(arguments::add);
    List<Statement.Place> places = new ArrayList<>();
    places.add(new Statement.Place("c", c));
    places.add(new Statement.Place("a", a));
    places.add(new Statement.Place("b", b));
    places.add(new Statement.Place("workspace", Index.ZERO));
    finish.ifPresent(finishing -> {
      places.addAll(others);
      arguments.add(open);
      finishing.others().forEach(other -> arguments.add(strides.get(finishing.row(other))));
    });
    return new Statement.Call(procedure, places, arguments, line);
  }

  private static Index at(String name) {
    return Index.variable(name);
  }

  private Index stride(String name) {
    return isOne(name) ? Index.ONE : at(name);
  }

  /** The strides that are arguments. */
  private Stream<String> arguments() {
    return STRIDES.stream().filter(s -> !isOne(s) && (blocked || !s.equals("bBlock")));
  }

  private Procedure product() {
    List<Statement> block = new ArrayList<>();
    block.add(new Statement.DefineIndex("depth", at("steps").minus(at("k")).minimum(depth())));
    packColumns(block);
    List<Statement> rows = new ArrayList<>();
    rows.add(
        new Statement.DefineIndex(
            "height", at("rowTo").minus(at("row")).minimum(Index.of(tiling.rows()))));
    if (packedRows) {
      packRows(rows);
    }
    rows.add(
        new Statement.IfLess(
            at("k").plus(at("later")),
            Index.ONE,
            List.of(apart("firstPanels", finish.isPresent() ? finishedFirst() : panels(false))),
            List.of(apart("laterPanels", finish.isPresent() ? finishedLater() : panels(true)))));
    block.add(loop("row", at("rowFrom"), at("rowTo"), tiling.rows(), rows));
    List<Statement> columns = new ArrayList<>();
    columns.add(
        new Statement.DefineIndex(
            "width", at("columnTo").minus(at("column")).minimum(Index.of(tiling.columns()))));
    for (int vectors = tiling.vectors(); vectors > 0; vectors--) {
      columns.add(new Statement.DefineIndex("end" + vectors, wholeEnd(vectors)));
    }
    columns.add(loop("k", Index.ZERO, at("steps"), tiling.depth(real), block));
    return new Procedure(
        "product",
        buffers(),
        productArguments(),
        List.of(loop("column", at("columnFrom"), at("columnTo"), tiling.columns(), columns)));
  }

  private List<BufferParameter> buffers() {
    List<BufferParameter> buffers = new ArrayList<>();
    buffers.add(new BufferParameter("c", real));
    buffers.add(new BufferParameter("a", left));
    buffers.add(new BufferParameter("b", right));
    buffers.add(new BufferParameter("workspace", real));
    finish.ifPresent(finishing -> buffers.addAll(finishing.parameters()));
    return buffers;
  }

  private List<String> productArguments() {
    List<String> arguments = new ArrayList<>(SIZES);
    arguments().forEach(arguments::add);
    finish.ifPresent(finishing -> {
      arguments.add("open");
      finishing.others().forEach(other -> arguments.add(finishing.row(other)));
    });
    return arguments;
  }

  /** What is done for a block of rows, as a procedure: the JVM compiles none that is too large. */
  private Statement apart(String name, List<Statement> statements) {
    List<String> arguments = new ArrayList<>(productArguments());
    arguments.addAll(List.of("column", "width", "k", "depth", "row", "height"));
    for (int vectors = tiling.vectors(); vectors > 0; vectors--) {
      arguments.add("end" + vectors);
    }
    return new Statement.Call(
        new Procedure(name, buffers(), arguments, statements),
        buffers().stream().map(buffer -> new Statement.Place(buffer.name(), Index.ZERO)).toList(),
        arguments.stream().map(Index::variable).toList(),
        Procedure.NO_LINE);
  }

  private Index depth() {
    return Index.of(tiling.depth(real));
  }

  private static Statement loop(
      String variable, Index from, Index to, int step, List<Statement> body) {
    return new Statement.For(variable, from, to, step, body, Procedure.NO_LINE);
  }

  /** Where panels of so many vectors begin within the block of columns. */
  private Index start(int vectors) {
    return vectors == tiling.vectors() ? Index.ZERO : at("end" + (vectors + 1));
  }

  private Index wholeEnd(int vectors) {
    long panel = (long) vectors * lanes;
    Index start = start(vectors);
    return at("width").minus(start).dividedBy(panel).times(panel).plus(start);
  }

  private interface Inside {
    List<Statement> at(int vectors, Index column);
  }

  private List<Statement> panelLoops(String name, Inside panel, Statement edge) {
    List<Statement> statements = new ArrayList<>();
    for (int vectors = tiling.vectors(); vectors > 0; vectors--) {
      String variable = name + vectors;
      statements.add(
          loop(
              variable,
              start(vectors),
              at("end" + vectors),
              vectors * lanes,
              panel.at(vectors, at(variable))));
    }
    if (lanes > 1) {
      statements.add(new Statement.IfLess(at("end1"), at("width"), List.of(edge), List.of()));
    }
    return statements;
  }

  // Packing

  private void packColumns(List<Statement> statements) {
    if (blocked) {
      statements.addAll(packColumns(this::ofBlocks));
    } else if (Kind.vector(real).loads(right) && isOne("bColumn")) {
      statements.addAll(
          packColumns((vectors, column) ->
              List.of(
                  new Statement.Call(
                      columnPacking.vectors(vectors),
                      columnPlaces(column, Index.ZERO, Index.ZERO),
                      List.of(stride("bStep"), at("depth")),
                      Procedure.NO_LINE))));
    } else if (Kind.vector(real).loads(right) && isOne("bStep") && lanes > 1) {
      statements.add(
          new Statement.DefineIndex("wholeDepth", at("depth").dividedBy(lanes).times(lanes)));
      statements.addAll(packColumns(this::transposed));
    } else {
      statements.addAll(
          packColumns((vectors, column) -> {
            Index width = Index.of((long) vectors * lanes);
            return List.of(columnElements(column, Index.ZERO, width, width));
          }));
    }
  }

  /** A panel whose vectors may lie in two blocks: a vector alone never does. */
  private List<Statement> ofBlocks(int vectors, Index column) {
    List<Statement.Place> places = new ArrayList<>();
    places.add(columnPlaces(column, Index.ZERO, Index.ZERO).getFirst());
    for (int v = 0; v < vectors; v++) {
      places.add(columnPlaces(column, Index.of((long) v * lanes), Index.ZERO).getLast());
    }
    return List.of(
        new Statement.Call(
            columnPacking.apart(vectors),
            places,
            List.of(stride("bStep"), at("depth")),
            Procedure.NO_LINE));
  }

  private List<Statement> packColumns(Inside panel) {
    return panelLoops(
        "pack",
        panel,
        columnElements(at("end1"), Index.ZERO, at("width").minus(at("end1")), Index.of(lanes)));
  }

  /** A panel from steps that lie side by side: vector by vector, then the steps that are left. */
  private List<Statement> transposed(int vectors, Index column) {
    Index width = Index.of((long) vectors * lanes);
    List<Statement> statements = new ArrayList<>();
    for (int v = 0; v < vectors; v++) {
      statements.add(
          new Statement.Call(
              columnPacking.transposed(),
              columnPlaces(column, Index.of((long) v * lanes), Index.ZERO),
              List.of(stride("bColumn"), at("wholeDepth"), width),
              Procedure.NO_LINE));
    }
    statements.add(
        new Statement.IfLess(
            at("wholeDepth"),
            at("depth"),
            List.of(columnElements(column, at("wholeDepth"), width, width)),
            List.of()));
    return statements;
  }

  /**
   * A place in a panel of columns, and where it comes from.
   *
   * @param column where the panel begins within the block of columns
   * @param inside the column within the panel
   * @param step the step within the block, of which only the source takes notice
   */
  private List<Statement.Place> columnPlaces(Index column, Index inside, Index step) {
    return List.of(
        new Statement.Place("workspace", column.times(at("depth")).plus(inside)),
        new Statement.Place(
            "b",
            inSource(at("column").plus(column).plus(inside))
                .plus(at("k").plus(step).times(stride("bStep")))));
  }

  /** Where a column of the right side begins. */
  private Index inSource(Index column) {
    return blocked
        ? BlockedProduct.place(column, right, stride("bBlock"))
        : column.times(stride("bColumn"));
  }

  /** The steps from {@code from} on of some columns of a panel. */
  private Statement columnElements(Index column, Index from, Index count, Index width) {
    List<Statement.Place> places = columnPlaces(column, Index.ZERO, from);
    Statement.Place panel = places.getFirst();
    return new Statement.Call(
        columnPacking.elements(),
        List.of(
            new Statement.Place(panel.buffer(), panel.element().plus(from.times(width))),
            places.getLast()),
        List.of(stride("bStep"), at("depth").minus(from), stride("bColumn"), count, width),
        Procedure.NO_LINE);
  }

  private void packRows(List<Statement> statements) {
    Index panel = Index.of(tiles.panelHeight());
    boolean asVectors = isOne("aRow") && Kind.vector(real).loads(left);
    statements.add(new Statement.DefineIndex("whole", at("height").dividedBy(panel).times(panel)));
    statements.add(
        loop(
            "packRow",
            Index.ZERO,
            at("whole"),
            tiles.panelHeight(),
            List.of(
                asVectors
                    ? new Statement.Call(
                        rowPacking.vectors(tiles.panelHeight() / lanes),
                        rowPlaces(at("packRow")),
                        List.of(stride("aStep"), at("depth")),
                        Procedure.NO_LINE)
                    : rowElements(at("packRow"), panel))));
    statements.add(
        new Statement.IfLess(
            at("whole"),
            at("height"),
            List.of(rowElements(at("whole"), at("height").minus(at("whole")))),
            List.of()));
  }

  private Index packedRow(Index row) {
    return tiling.rowsBegin(real).plus(row.times(at("depth")));
  }

  private List<Statement.Place> rowPlaces(Index row) {
    return List.of(
        new Statement.Place("workspace", packedRow(row)),
        new Statement.Place(
            "a", at("row").plus(row).times(stride("aRow")).plus(at("k").times(stride("aStep")))));
  }

  private Statement rowElements(Index row, Index count) {
    return new Statement.Call(
        rowPacking.elements(),
        rowPlaces(row),
        List.of(stride("aStep"), at("depth"), stride("aRow"), count, Index.of(tiles.panelHeight())),
        Procedure.NO_LINE);
  }

  // Tiles

  private List<Statement> panels(boolean more) {
    String name = more ? "more" : "panel";
    return panelLoops(
        name,
        (vectors, column) ->
            List.of(
                rows(
                    name + "Row" + vectors,
                    more ? tiles.moreRows(vectors) : tiles.rows(vectors),
                    column,
                    vectors)),
        rows(name + "Row", more ? tiles.moreEdge() : tiles.edge(), at("end1"), 1));
  }

  // What is made of the sums

  /** Sums of all steps at once are finished before they reach the target. */
  private List<Statement> finishedFirst() {
    return List.of(new Statement.IfLess(open(), Index.ONE, finishes("first", true), panels(false)));
  }

  /** Sums that the target holds are finished there when they are whole. */
  private List<Statement> finishedLater() {
    List<Statement> statements = new ArrayList<>(panels(true));
    statements.add(new Statement.IfLess(open(), Index.ONE, finishes("later", false), List.of()));
    return statements;
  }

  /** 0 if no steps are left to be summed. */
  private static Index open() {
    return at("steps").minus(at("k")).minus(at("depth")).plus(at("open"));
  }

  /**
   * Finishes the rows of each panel.
   *
   * @param first whether nothing was summed before: tiles fill memory aside then, which the finish
   *     reads; else the finish reads the target
   */
  private List<Statement> finishes(String name, boolean first) {
    Procedure edge = finish.get().edge();
    return panelLoops(
        name + "Finish",
        (vectors, column) ->
            List.of(
                finish(
                    name + "Row" + vectors,
                    finish.get().vectors(vectors),
                    new Panel(tiles.rows(vectors), column, vectors),
                    first)),
        finish(name + "Row", edge, new Panel(tiles.rows(1), at("end1"), 1), first));
  }

  private Statement finish(String variable, Procedure procedure, Panel panel, boolean first) {
    int height = tiles.panelHeight();
    Index row = at(variable);
    Index count = at("height").minus(row).minimum(Index.of(height));
    List<Statement> statements = new ArrayList<>();
    if (first) {
      statements.add(panel.aside().call(row, count));
    }
    statements.add(panel.finish(procedure, row, count, first));
    return loop(variable, Index.ZERO, at("height"), height, statements);
  }

  /** All rows of a panel of columns; packed rows, and those of a triangle, some at a time. */
  private Statement rows(String variable, Procedure procedure, Index column, int vectors) {
    Panel tile = new Panel(procedure, column, vectors);
    if (!packedRows && triangle == Triangle.NONE) {
      return tile.call(Index.ZERO, at("height"));
    }
    int panel = tiles.panelHeight();
    Index count = at("height").minus(at(variable)).minimum(Index.of(panel));
    return loop(variable, Index.ZERO, at("height"), panel, List.of(tile.call(at(variable), count)));
  }

  /**
   * A panel of columns, and what multiplies rows with it.
   *
   * @param column where it begins within the block of columns
   */
  private final class Panel {
    private final Procedure procedure;
    private final Index column;
    private final int vectors;
    private final boolean aside;

    private Panel(Procedure procedure, Index column, int vectors) {
      this(procedure, column, vectors, false);
    }

    private Panel(Procedure procedure, Index column, int vectors, boolean aside) {
      this.procedure = procedure;
      this.column = column;
      this.vectors = vectors;
      this.aside = aside;
    }

    /** The same with its sums in memory aside. */
    private Panel aside() {
      return new Panel(procedure, column, vectors, true);
    }

    private Index width() {
      return Index.of((long) vectors * lanes);
    }

    private Statement.Place inTarget(Index row) {
      Index first = at("row").plus(row).times(stride("cRow"));
      return new Statement.Place("c", first.plus(at("column")).plus(column));
    }

    private Statement.Place besideTarget() {
      return new Statement.Place("workspace", tiling.tileBegins(real));
    }

    private Statement finish(Procedure finishing, Index row, Index count, boolean fromAside) {
      ProductFinish made = finish.get();
      List<Statement.Place> places = new ArrayList<>();
      places.add(inTarget(row));
      places.add(fromAside ? besideTarget() : inTarget(row));
      List<Index> arguments = new ArrayList<>(List.of(count));
      if (finishing.arguments().contains("columns")) {
        arguments.add(at("width").minus(at("end1")));
      }
      arguments.add(stride("cRow"));
      arguments.add(fromAside ? width() : stride("cRow"));
      for (int other : made.others()) {
        Index first = at("row").plus(row).times(at(made.row(other)));
        Index inside = at("column").plus(column).times(made.column(other));
        places.add(new Statement.Place(made.name(other), first.plus(inside)));
        arguments.add(at(made.row(other)));
      }
      return new Statement.Call(finishing, places, arguments, Procedure.NO_LINE);
    }

    private Statement call(Index row, Index count) {
      Index end = at("row").plus(row).plus(count);
      return switch (triangle) {
        case NONE -> call(row, count, Index.ZERO, at("depth"));
        // Without steps the tile is 0.
        case TARGET -> {
          Index reached = end.minus(at("column").plus(column).minimum(end)).minimum(Index.ONE);
          yield call(row, count, Index.ZERO, at("depth").times(reached));
        }
        case SOURCES -> {
          Index steps = end.minus(at("k").minimum(end)).minimum(at("depth"));
          yield call(row, count, Index.ZERO, steps);
        }
        case TIMES -> {
          Index start = at("row").plus(row);
          Index first = start.minus(at("k").minimum(start)).minimum(at("depth"));
          yield call(row, count, first, at("depth").minus(first));
        }
      };
    }

    private Statement call(Index row, Index count, Index first, Index steps) {
      List<Statement.Place> places = new ArrayList<>();
      places.add(aside ? besideTarget() : inTarget(row));
      places.add(
          packedRows
              ? new Statement.Place(
                  "workspace", packedRow(row).plus(first.times(tiles.panelHeight())))
              : new Statement.Place(
                  "a", at("row").plus(row).times(stride("aRow")).plus(at("k")).plus(first)));
      places.add(
          new Statement.Place(
              "workspace", column.times(at("depth")).plus(first.times((long) vectors * lanes))));
      List<Index> arguments = new ArrayList<>(List.of(count));
      if (places.size() < procedure.buffers().size()) {
        places.add(besideTarget());
      }
      if (procedure.arguments().contains("columns")) {
        arguments.add(at("width").minus(at("end1")));
      }
      arguments.add(steps);
      for (String stride : tiles.strides()) {
        arguments.add(aside && stride.equals("cRow") ? width() : stride(stride));
      }
      return new Statement.Call(procedure, places, arguments, Procedure.NO_LINE);
    }
  }
}
