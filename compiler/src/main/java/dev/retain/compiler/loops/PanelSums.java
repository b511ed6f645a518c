package dev.retain.compiler.loops;

import static dev.retain.compiler.loops.PanelShape.at;
import static dev.retain.compiler.loops.PanelShape.loop;

import dev.retain.compiler.fusion.Triangle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The loops that multiply a block of rows by packed panels, and finish what they have summed. */
final class PanelSums {
  private final PanelShape shape;
  private final PanelTiles tiles;
  private final Optional<ProductFinish> finish;

  PanelSums(PanelShape shape, PanelTiles tiles, Optional<ProductFinish> finish) {
    this.shape = shape;
    this.tiles = tiles;
    this.finish = finish;
  }

  /** The first steps of sums. */
  List<Statement> first() {
    return finish.isPresent() ? finishedFirst() : panels(false);
  }

  /** Steps of sums that others came before. */
  List<Statement> later() {
    return finish.isPresent() ? finishedLater() : panels(true);
  }

  private List<Statement> panels(boolean more) {
    String name = more ? "more" : "panel";
    return shape.panelLoops(
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
    return shape.panelLoops(
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
    int height = rowsAtOnce();
    Index row = at(variable);
    Index count = at("height").minus(row).minimum(Index.of(height));
    List<Statement> statements = new ArrayList<>();
    if (first) {
      statements.add(panel.aside().call(row, count));
    }
    statements.add(panel.finish(procedure, row, count, first));
    return loop(variable, Index.ZERO, at("height"), height, statements);
  }

  /** Of a triangle as few as a tile has: the fewer they are, the more of it is left out. */
  private int rowsAtOnce() {
    return shape.packedRows() || shape.triangle() == Triangle.NONE
        ? shape.panelHeight()
        : shape.tiling().height();
  }

  /** All rows of a panel of columns; packed rows, and those of a triangle, some at a time. */
  private Statement rows(String variable, Procedure procedure, Index column, int vectors) {
    Panel tile = new Panel(procedure, column, vectors);
    if (!shape.packedRows() && shape.triangle() == Triangle.NONE) {
      return tile.call(Index.ZERO, at("height"));
    }
    int panel = rowsAtOnce();
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
      return Index.of((long) vectors * shape.lanes());
    }

    private Statement.Place inTarget(Index row) {
      Index first = at("row").plus(row).times(shape.stride("cRow"));
      return new Statement.Place("c", first.plus(at("column")).plus(column));
    }

    private Statement.Place besideTarget() {
      return new Statement.Place("workspace", shape.tiling().tileBegins(shape.real()));
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
      arguments.add(shape.stride("cRow"));
      arguments.add(fromAside ? width() : shape.stride("cRow"));
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
      return switch (shape.triangle()) {
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
          shape.packedRows()
              ? new Statement.Place(
                  "workspace", shape.packedRow(row).plus(first.times(shape.panelHeight())))
              : new Statement.Place(
                  "a", at("row").plus(row).times(shape.stride("aRow")).plus(at("k")).plus(first)));
      places.add(
          new Statement.Place(
              "workspace",
              column.times(at("depth")).plus(first.times((long) vectors * shape.lanes()))));
      List<Index> arguments = new ArrayList<>(List.of(count));
      if (places.size() < procedure.buffers().size()) {
        places.add(besideTarget());
      }
      if (procedure.arguments().contains("columns")) {
        arguments.add(at("width").minus(at("end1")));
      }
      arguments.add(steps);
      for (String stride : tiles.strides()) {
        arguments.add(aside && stride.equals("cRow") ? width() : shape.stride(stride));
      }
      return new Statement.Call(procedure, places, arguments, Procedure.NO_LINE);
    }
  }
}
