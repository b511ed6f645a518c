package dev.retain.compiler.loops;

import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A worker's share of many matrix products: pieces of rows or pieces of columns, numbered through
 * all products, so that every worker has as many, give or take one.
 *
 * @param around the loops around the products
 * @param byRows 1 to share out rows, 0 for columns
 */
record ProductShares(Nest around, Side rows, Side columns, Index byRows) {
  /**
   * @param size rows or columns of a product
   * @param piece as many as belong together
   */
  record Side(Index size, int piece) {
    Index pieces() {
      return Share.pieces(size, Index.of(piece));
    }

    /** The first row or column of some pieces if they are {@code shared}, else of all. */
    Index from(Index pieces, Index shared) {
      return pieces.times(shared).times(piece);
    }

    Index to(Index pieces, Index shared) {
      return pieces
          .times(piece)
          .minimum(size)
          .times(shared)
          .plus(size.times(Index.ONE.minus(shared)));
    }
  }

  /**
   * The loop over products.
   *
   * @param inside what to do for the positions around a product, for the piece of the target from
   *     {@code rowFrom} to {@code rowTo} and {@code columnFrom} to {@code columnTo}
   */
  List<Statement> statements(Function<Map<Axis, Index>, List<Statement>> inside, int line) {
    List<Statement> body = new ArrayList<>();
    body.add(new Statement.DefineIndex("byRows", byRows));
    Index shareRows = Index.variable("byRows");
    Index shareColumns = Index.ONE.minus(shareRows);
    body.add(
        new Statement.DefineIndex(
            "pieces", rows.pieces().times(shareRows).plus(columns.pieces().times(shareColumns))));
    Index pieces = Index.variable("pieces");
    Index all = around.count().times(pieces);
    body.add(new Statement.DefineIndex("first", Share.from(all)));
    body.add(new Statement.DefineIndex("end", Share.to(all)));
    List<Statement> product = new ArrayList<>();
    Map<Axis, Index> outside = around.decode(Index.variable("product"), new Names(), product);
    Index start = Index.variable("product").times(pieces);
    product.add(
        new Statement.DefineIndex(
            "pieceFrom", Share.maximum(Index.variable("first").minus(start), Index.ZERO)));
    product.add(
        new Statement.DefineIndex("pieceTo", Index.variable("end").minus(start).minimum(pieces)));
    Index from = Index.variable("pieceFrom");
    Index to = Index.variable("pieceTo");
    product.add(new Statement.DefineIndex("rowFrom", rows.from(from, shareRows)));
    product.add(new Statement.DefineIndex("rowTo", rows.to(to, shareRows)));
    product.add(new Statement.DefineIndex("columnFrom", columns.from(from, shareColumns)));
    product.add(new Statement.DefineIndex("columnTo", columns.to(to, shareColumns)));
    product.addAll(inside.apply(outside));
    body.add(
        new Statement.For(
            "product",
            Index.variable("first").dividedBy(pieces),
            Share.pieces(Index.variable("end"), pieces),
            1,
            product,
            line));
    return body;
  }
}
