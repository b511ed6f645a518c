package dev.retain.compiler.loops;

import static dev.retain.compiler.loops.PanelShape.at;
import static dev.retain.compiler.loops.PanelShape.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

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

  // Of the products of all models there are a few kinds: one object each, as with tiles.
  private static final Map<PanelShape, PanelProduct> KNOWN = new ConcurrentHashMap<>();

  private final PanelShape shape;
  private final Optional<ProductFinish> finish;
  private final Procedure procedure;

  /**
   * @param finish what is made of the sums
   */
  static PanelProduct of(PanelShape shape, Optional<ProductFinish> finish) {
    return finish.isPresent()
        ? new PanelProduct(shape, finish)
        : KNOWN.computeIfAbsent(shape, _ -> new PanelProduct(shape, finish));
  }

  private PanelProduct(PanelShape shape, Optional<ProductFinish> finish) {
    this.shape = shape;
    this.finish = finish;
    this.procedure = product();
  }

  /** Rows that a worker takes at once. */
  int rowPiece() {
    return shape.tiling().height();
  }

  /** Columns that a worker takes at once. */
  int columnPiece() {
    return (shape.tiling().vectors() + shape.lanes() - 1) / shape.lanes() * shape.lanes();
  }

  /** Columns below which a worker's share is not worth a panel. */
  int leastColumns() {
    return 2 * shape.tiling().vectors() * shape.lanes();
  }

  /**
   * The piece of the product from {@code rowFrom} to {@code rowTo} and {@code columnFrom} to {@code
   * columnTo}.
   *
   * @param c where the target begins, and the same of the sides
   * @param others where what the finish reads begins
   * @param strides as for {@link PanelShape#of}, the number of {@code steps}, and the distances of
   *     rows in what the finish reads
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
    shape.arguments().map(strides::get).forEach(arguments::add);
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

  private Procedure product() {
    Tiling tiling = shape.tiling();
    PanelPackingLoops packing = new PanelPackingLoops(shape);
    PanelSums sums =
        new PanelSums(
            shape,
            PanelTiles.of(
                shape.vectorBits(), tiling, shape.left(), shape.real(), shape.packedRows()),
            finish);
    Index depth = Index.of(tiling.depth(shape.real()));
    List<Statement> block = new ArrayList<>();
    block.add(new Statement.DefineIndex("depth", at("steps").minus(at("k")).minimum(depth)));
    packing.packColumns(block);
    List<Statement> rows = new ArrayList<>();
    rows.add(
        new Statement.DefineIndex(
            "height", at("rowTo").minus(at("row")).minimum(Index.of(tiling.rows()))));
    if (shape.packedRows()) {
      packing.packRows(rows);
    }
    rows.add(
        new Statement.IfLess(
            at("k").plus(at("later")),
            Index.ONE,
            List.of(apart("firstPanels", sums.first())),
            List.of(apart("laterPanels", sums.later()))));
    block.add(loop("row", at("rowFrom"), at("rowTo"), tiling.rows(), rows));
    List<Statement> columns = new ArrayList<>();
    columns.add(
        new Statement.DefineIndex(
            "width", at("columnTo").minus(at("column")).minimum(Index.of(tiling.columns()))));
    for (int vectors = tiling.vectors(); vectors > 0; vectors--) {
      columns.add(new Statement.DefineIndex("end" + vectors, shape.wholeEnd(vectors)));
    }
    columns.add(loop("k", Index.ZERO, at("steps"), tiling.depth(shape.real()), block));
    return new Procedure(
        "product",
        buffers(),
        productArguments(),
        List.of(loop("column", at("columnFrom"), at("columnTo"), tiling.columns(), columns)));
  }

  private List<BufferParameter> buffers() {
    List<BufferParameter> buffers = new ArrayList<>();
    buffers.add(new BufferParameter("c", shape.real()));
    buffers.add(new BufferParameter("a", shape.left()));
    buffers.add(new BufferParameter("b", shape.right()));
    buffers.add(new BufferParameter("workspace", shape.real()));
    finish.ifPresent(finishing -> buffers.addAll(finishing.parameters()));
    return buffers;
  }

  private List<String> productArguments() {
    List<String> arguments = new ArrayList<>(SIZES);
    shape.arguments().forEach(arguments::add);
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
    for (int vectors = shape.tiling().vectors(); vectors > 0; vectors--) {
      arguments.add("end" + vectors);
    }
    return new Statement.Call(
        new Procedure(name, buffers(), arguments, statements),
        buffers().stream().map(buffer -> new Statement.Place(buffer.name(), Index.ZERO)).toList(),
        arguments.stream().map(Index::variable).toList(),
        Procedure.NO_LINE);
  }
}
