package dev.retain.compiler.loops;

import static dev.retain.compiler.loops.PanelShape.at;
import static dev.retain.compiler.loops.PanelShape.loop;

import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;

/** The loops that pack what a block of columns or of rows is multiplied with. */
final class PanelPackingLoops {
  /**
   * Which steps of a sum are packed, and where.
   *
   * @param term what the names of the product's matrices and strides end with
   * @param first the first of them
   * @param count how many they are
   * @param before how many others come before them in a panel
   * @param depth how many a panel has
   */
  record Steps(String term, Index first, Index count, Index before, Index depth) {
    /** A block of steps of a product alone. */
    static final Steps OF_ONE = new Steps("", at("k"), at("depth"), Index.ZERO, at("depth"));
  }

  private final PanelShape shape;
  private final Steps steps;
  private final ElementType left;
  private final ElementType right;
  private final ElementType real;
  private final int lanes;
  private final PanelPacking rowPacking;
  private final PanelPacking columnPacking;

  PanelPackingLoops(PanelShape shape, Steps steps) {
    this.shape = shape;
    this.steps = steps;
    this.left = shape.left();
    this.right = shape.right();
    this.real = shape.real();
    this.lanes = shape.lanes();
    this.rowPacking = new PanelPacking(left, real, lanes);
    this.columnPacking = new PanelPacking(right, real, lanes);
  }

  /** All panels of a block of columns. */
  void packColumns(List<Statement> statements) {
    if (shape.blocked()) {
      statements.addAll(packColumns(this::ofBlocks));
    } else if (Kind.vector(real).loads(right) && shape.isOne("bColumn")) {
      statements.addAll(
          packColumns((vectors, column) ->
              List.of(
                  new Statement.Call(
                      columnPacking.vectors(vectors),
                      columnPlaces(column, Index.ZERO, Index.ZERO, vectors),
                      List.of(stride("bStep"), steps.count()),
                      Procedure.NO_LINE))));
    } else if (Kind.vector(real).loads(right) && shape.isOne("bStep") && lanes > 1) {
      statements.add(
          new Statement.DefineIndex(
              named("wholeDepth"), steps.count().dividedBy(lanes).times(lanes)));
      statements.addAll(packColumns(this::transposed));
    } else {
      statements.addAll(
          packColumns((vectors, column) ->
              List.of(columnElements(column, Index.ZERO, width(vectors), vectors))));
    }
  }

  /** A panel whose vectors may lie in two blocks: a vector alone never does. */
  private List<Statement> ofBlocks(int vectors, Index column) {
    List<Statement.Place> places = new ArrayList<>();
    places.add(columnPlaces(column, Index.ZERO, Index.ZERO, vectors).getFirst());
    for (int v = 0; v < vectors; v++) {
      places.add(columnPlaces(column, Index.of((long) v * lanes), Index.ZERO, vectors).getLast());
    }
    return List.of(
        new Statement.Call(
            columnPacking.apart(vectors),
            places,
            List.of(stride("bStep"), steps.count()),
            Procedure.NO_LINE));
  }

  private List<Statement> packColumns(PanelShape.Inside panel) {
    return shape.panelLoops(
        named("pack"),
        panel,
        columnElements(at("end1"), Index.ZERO, at("width").minus(at("end1")), 1));
  }

  /** A panel from steps that lie side by side: vector by vector, then the steps that are left. */
  private List<Statement> transposed(int vectors, Index column) {
    List<Statement> statements = new ArrayList<>();
    for (int v = 0; v < vectors; v++) {
      statements.add(
          new Statement.Call(
              columnPacking.transposed(),
              columnPlaces(column, Index.of((long) v * lanes), Index.ZERO, vectors),
              List.of(stride("bColumn"), at(named("wholeDepth")), width(vectors)),
              Procedure.NO_LINE));
    }
    statements.add(
        new Statement.IfLess(
            at(named("wholeDepth")),
            steps.count(),
            List.of(columnElements(column, at(named("wholeDepth")), width(vectors), vectors)),
            List.of()));
    return statements;
  }

  /**
   * A place in a panel of columns, and where it comes from.
   *
   * @param column where the panel begins within the block of columns
   * @param inside the column within the panel
   * @param step the step within the block, of which only the source takes notice
   * @param vectors of the panel
   */
  private List<Statement.Place> columnPlaces(Index column, Index inside, Index step, int vectors) {
    Index before = steps.before().times(width(vectors));
    return List.of(
        new Statement.Place("workspace", column.times(steps.depth()).plus(before).plus(inside)),
        new Statement.Place(
            named("b"),
            inSource(at("column").plus(column).plus(inside))
                .plus(steps.first().plus(step).times(stride("bStep")))));
  }

  private Index width(int vectors) {
    return Index.of((long) vectors * lanes);
  }

  private String named(String name) {
    return name + steps.term();
  }

  private Index stride(String name) {
    return shape.isOne(name) ? Index.ONE : at(named(name));
  }

  /** Where a column of the right side begins. */
  private Index inSource(Index column) {
    return shape.blocked()
        ? BlockedProduct.place(column, right, stride("bBlock"))
        : column.times(stride("bColumn"));
  }

  /** The steps from {@code from} on of some columns of a panel. */
  private Statement columnElements(Index column, Index from, Index count, int vectors) {
    Index width = width(vectors);
    List<Statement.Place> places = columnPlaces(column, Index.ZERO, from, vectors);
    Statement.Place panel = places.getFirst();
    return new Statement.Call(
        columnPacking.elements(),
        List.of(
            new Statement.Place(panel.buffer(), panel.element().plus(from.times(width))),
            places.getLast()),
        List.of(stride("bStep"), steps.count().minus(from), stride("bColumn"), count, width),
        Procedure.NO_LINE);
  }

  /** All panels of a block of rows. */
  void packRows(List<Statement> statements) {
    Index panel = Index.of(shape.panelHeight());
    boolean asVectors = shape.isOne("aRow") && Kind.vector(real).loads(left);
    statements.add(new Statement.DefineIndex("whole", at("height").dividedBy(panel).times(panel)));
    statements.add(
        loop(
            "packRow",
            Index.ZERO,
            at("whole"),
            shape.panelHeight(),
            List.of(
                asVectors
                    ? new Statement.Call(
                        rowPacking.vectors(shape.panelHeight() / lanes),
                        rowPlaces(at("packRow")),
                        List.of(shape.stride("aStep"), at("depth")),
                        Procedure.NO_LINE)
                    : rowElements(at("packRow"), panel))));
    statements.add(
        new Statement.IfLess(
            at("whole"),
            at("height"),
            List.of(rowElements(at("whole"), at("height").minus(at("whole")))),
            List.of()));
  }

  private List<Statement.Place> rowPlaces(Index row) {
    return List.of(
        new Statement.Place("workspace", shape.packedRow(row)),
        new Statement.Place(
            "a",
            at("row")
                .plus(row)
                .times(shape.stride("aRow"))
                .plus(at("k").times(shape.stride("aStep")))));
  }

  private Statement rowElements(Index row, Index count) {
    return new Statement.Call(
        rowPacking.elements(),
        rowPlaces(row),
        List.of(
            shape.stride("aStep"),
            at("depth"),
            shape.stride("aRow"),
            count,
            Index.of(shape.panelHeight())),
        Procedure.NO_LINE);
  }
}
