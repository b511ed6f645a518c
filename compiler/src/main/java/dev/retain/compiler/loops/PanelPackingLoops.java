package dev.retain.compiler.loops;

import static dev.retain.compiler.loops.PanelShape.at;
import static dev.retain.compiler.loops.PanelShape.loop;

import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;

/** The loops that pack what a block of columns or of rows is multiplied with. */
final class PanelPackingLoops {
  private final PanelShape shape;
  private final ElementType left;
  private final ElementType right;
  private final ElementType real;
  private final int lanes;
  private final PanelPacking rowPacking;
  private final PanelPacking columnPacking;

  PanelPackingLoops(PanelShape shape) {
    this.shape = shape;
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
                      columnPlaces(column, Index.ZERO, Index.ZERO),
                      List.of(shape.stride("bStep"), at("depth")),
                      Procedure.NO_LINE))));
    } else if (Kind.vector(real).loads(right) && shape.isOne("bStep") && lanes > 1) {
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
            List.of(shape.stride("bStep"), at("depth")),
            Procedure.NO_LINE));
  }

  private List<Statement> packColumns(PanelShape.Inside panel) {
    return shape.panelLoops(
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
              List.of(shape.stride("bColumn"), at("wholeDepth"), width),
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
                .plus(at("k").plus(step).times(shape.stride("bStep")))));
  }

  /** Where a column of the right side begins. */
  private Index inSource(Index column) {
    return shape.blocked()
        ? BlockedProduct.place(column, right, shape.stride("bBlock"))
        : column.times(shape.stride("bColumn"));
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
        List.of(
            shape.stride("bStep"), at("depth").minus(from), shape.stride("bColumn"), count, width),
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
