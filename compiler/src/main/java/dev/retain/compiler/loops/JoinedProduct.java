package dev.retain.compiler.loops;

import static dev.retain.compiler.loops.PanelShape.at;
import static dev.retain.compiler.loops.PanelShape.loop;

import dev.retain.compiler.fusion.Triangle;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The sum of several products of matrices, as one product whose sides lie in pieces: the steps of
 * all of them are packed one after the other into the same panels, and the rows of left sides, each
 * times its factor, into rows as long.
 */
final class JoinedProduct {
  /** The piece of the target that is made. */
  static final List<String> PIECE = List.of("rowFrom", "rowTo", "columnFrom", "columnTo");

  private static final List<String> BLOCK =
      List.of("column", "width", "k", "depth", "row", "height");

  /**
   * One of the products.
   *
   * @param name what the names of its matrices and strides end with
   * @param steps of its sums
   * @param factor of its rows
   */
  record Term(
      String name, PanelShape shape, Map<String, Index> strides, Index steps, RowFactor factor) {
    String named(String what) {
      return what + name;
    }

    Index own(String what) {
      return at(named(what));
    }
  }

  private final ElementType real;
  private final Tiling tiling;
  private final int lanes;
  private final List<Term> terms;
  private final List<BufferParameter> factors;
  private final PanelShape shape;
  private final PanelTiles tiles;
  private final Procedure procedure;

  /**
   * @param factors the buffers that factors read
   */
  JoinedProduct(
      ElementType real, Tiling tiling, int lanes, List<Term> terms, List<BufferParameter> factors) {
    this.real = real;
    this.tiling = tiling;
    this.lanes = lanes;
    this.terms = List.copyOf(terms);
    this.factors = List.copyOf(factors);
    this.shape = terms.getFirst().shape();
    this.tiles = PanelTiles.of(shape.vectorBits(), tiling, real, real, false);
    this.procedure = product();
  }

  List<Term> terms() {
    return terms;
  }

  Procedure procedure() {
    return procedure;
  }

  /** Rows that a worker takes at once. */
  int rowPiece() {
    return tiling.height();
  }

  /** Columns that a worker takes at once. */
  int columnPiece() {
    return (tiling.vectors() + lanes - 1) / lanes * lanes;
  }

  List<BufferParameter> buffers() {
    List<BufferParameter> buffers = new ArrayList<>(List.of(new BufferParameter("c", real)));
    for (Term term : terms) {
      buffers.add(new BufferParameter(term.named("a"), term.shape().left()));
      buffers.add(new BufferParameter(term.named("b"), term.shape().right()));
    }
    buffers.add(new BufferParameter("workspace", real));
    buffers.addAll(factors);
    return buffers;
  }

  List<String> arguments() {
    List<String> arguments = new ArrayList<>(PIECE);
    arguments.add("cRow");
    for (Term term : terms) {
      arguments.add(term.named("steps"));
      Stream.of("aRow", "bStep", "bColumn")
          .filter(stride -> !term.shape().isOne(stride))
          .map(term::named)
          .forEach(arguments::add);
    }
    factors.forEach(factor -> arguments.add(factor.name() + "Row"));
    return arguments;
  }

  private Procedure product() {
    List<Statement> body = new ArrayList<>();
    body.add(new Statement.DefineIndex("begin1", Index.ZERO));
    for (int i = 0; i < terms.size(); i++) {
      Term term = terms.get(i);
      String next = i + 1 < terms.size() ? terms.get(i + 1).named("begin") : "allSteps";
      body.add(new Statement.DefineIndex(next, term.own("begin").plus(term.own("steps"))));
    }
    List<Statement> columns = new ArrayList<>();
    columns.add(
        new Statement.DefineIndex(
            "width", at("columnTo").minus(at("column")).minimum(Index.of(tiling.columns()))));
    for (int vectors = tiling.vectors(); vectors > 0; vectors--) {
      columns.add(new Statement.DefineIndex("end" + vectors, shape.wholeEnd(vectors)));
    }
    columns.add(loop("k", Index.ZERO, at("allSteps"), tiling.depth(real), block()));
    body.add(loop("column", at("columnFrom"), at("columnTo"), tiling.columns(), columns));
    return new Procedure("joined", buffers(), arguments(), body);
  }

  /** Some steps of all sums. */
  private List<Statement> block() {
    List<Statement> block = new ArrayList<>();
    Index depth = Index.of(tiling.depth(real));
    block.add(new Statement.DefineIndex("depth", at("allSteps").minus(at("k")).minimum(depth)));
    List<Statement> rows = new ArrayList<>();
    rows.add(
        new Statement.DefineIndex(
            "height", at("rowTo").minus(at("row")).minimum(Index.of(tiling.rows()))));
    for (Term term : terms) {
      String first = term.named("first");
      block.add(new Statement.DefineIndex(first, within(at("k"), term)));
      block.add(
          new Statement.DefineIndex(
              term.named("count"), within(at("k").plus(at("depth")), term).minus(at(first))));
      block.add(
          new Statement.DefineIndex(
              term.named("before"), term.own("begin").plus(at(first)).minus(at("k"))));
      List<Statement> packing = new ArrayList<>();
      new PanelPackingLoops(
              term.shape(),
              new PanelPackingLoops.Steps(
                  term.name(), at(first), term.own("count"), term.own("before"), at("depth")))
          .packColumns(packing);
      block.add(unlessNone(term, packing));
      rows.add(unlessNone(term, List.of(copyRows(term))));
    }
    rows.add(
        new Statement.IfLess(
            at("k"), Index.ONE, List.of(panels("first", false)), List.of(panels("later", true))));
    block.add(loop("row", at("rowFrom"), at("rowTo"), tiling.rows(), rows));
    return block;
  }

  private static Statement unlessNone(Term term, List<Statement> statements) {
    return new Statement.IfLess(Index.ZERO, term.own("count"), statements, List.of());
  }

  /** Which step of the term is the given one of all: the first or the last if it is none. */
  private static Index within(Index step, Term term) {
    return step.minus(step.minimum(term.own("begin"))).minimum(term.own("steps"));
  }

  private Statement copyRows(Term term) {
    List<Statement.Place> places = new ArrayList<>();
    places.add(new Statement.Place("workspace", tiling.rowsBegin(real).plus(term.own("before"))));
    places.add(
        new Statement.Place(
            term.named("a"), at("row").times(stride(term, "aRow")).plus(term.own("first"))));
    List<Index> arguments =
        new ArrayList<>(
            List.of(at("height"), term.own("count"), at("depth"), stride(term, "aRow")));
    for (BufferParameter factor : factors) {
      Index distance = at(factor.name() + "Row");
      places.add(new Statement.Place(factor.name(), at("row").times(distance)));
      arguments.add(distance);
    }
    return new Statement.Call(
        new RowCopies(term.shape().left(), real, lanes, term.factor(), factors).procedure(),
        places,
        arguments,
        Procedure.NO_LINE);
  }

  private static Index stride(Term term, String name) {
    return term.shape().isOne(name) ? Index.ONE : term.own(name);
  }

  /** All panels for a block of rows, as a procedure: the JVM compiles none that is too large. */
  private Statement panels(String name, boolean more) {
    List<Statement> statements =
        shape.panelLoops(
            name,
            (vectors, column) ->
                tile(
                    name + "Row" + vectors,
                    more ? tiles.moreRows(vectors) : tiles.rows(vectors),
                    column),
            edge(name, more));
    List<String> arguments = new ArrayList<>(arguments());
    arguments.addAll(BLOCK);
    terms.forEach(term -> arguments.add(term.named("begin")));
    for (int vectors = tiling.vectors(); vectors > 0; vectors--) {
      arguments.add("end" + vectors);
    }
    return new Statement.Call(
        new Procedure(name + "Panels", buffers(), arguments, statements),
        buffers().stream().map(buffer -> new Statement.Place(buffer.name(), Index.ZERO)).toList(),
        arguments.stream().map(Index::variable).toList(),
        Procedure.NO_LINE);
  }

  private Statement edge(String name, boolean more) {
    List<Statement> rows = tile(name + "Row", more ? tiles.moreEdge() : tiles.edge(), at("end1"));
    return rows.getFirst();
  }

  /** The rows of a panel of columns, as many at a time as end their sums together. */
  private List<Statement> tile(String row, Procedure procedure, Index column) {
    if (terms.getLast().shape().triangle() == Triangle.NONE) {
      return List.of(call(procedure, column, Index.ZERO, at("height"), at("depth")));
    }
    Index count = at("height").minus(at(row)).minimum(Index.of(tiling.height()));
    Index steps = end(at("row").plus(at(row)).plus(count));
    return List.of(
        loop(
            row,
            Index.ZERO,
            at("height"),
            tiling.height(),
            List.of(call(procedure, column, at(row), count, steps))));
  }

  /** The step of the block after the last that is not 0 in rows before the given one. */
  private Index end(Index row) {
    Index end = terms.getLast().own("begin").plus(row);
    return end.minus(at("k").minimum(end)).minimum(at("depth"));
  }

  private Statement call(Procedure procedure, Index column, Index row, Index count, Index steps) {
    Index inTarget = at("row").plus(row).times(at("cRow")).plus(at("column")).plus(column);
    List<Statement.Place> places = new ArrayList<>();
    places.add(new Statement.Place("c", inTarget));
    places.add(
        new Statement.Place("workspace", tiling.rowsBegin(real).plus(row.times(at("depth")))));
    places.add(new Statement.Place("workspace", column.times(at("depth"))));
    List<Index> arguments = new ArrayList<>(List.of(count));
    if (procedure.arguments().contains("columns")) {
      places.add(new Statement.Place("workspace", tiling.tileBegins(real)));
      arguments.add(at("width").minus(at("end1")));
    }
    arguments.addAll(List.of(steps, at("cRow"), at("depth")));
    return new Statement.Call(procedure, places, arguments, Procedure.NO_LINE);
  }
}
