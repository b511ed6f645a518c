package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Coordinate;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums of products as matrix products: rows m from the left side, columns n from the right side,
 * which is read in vectors, and k summed. Axes that both sides keep, and others that fit neither
 * role, are loops around it.
 */
final class ContractLowering {
  private final Stage.Contract stage;
  private final Target target;
  private final Streams streams;
  private final int lanes;

  ContractLowering(Stage.Contract stage, Target target) {
    this.stage = stage;
    this.target = target;
    this.streams = new Streams(stage.target(), product());
    this.lanes = target.lanes(stage.target().type());
  }

  Lowered lower() {
    Shape shape = shape();
    return shape == null ? asReduction() : asTiles(shape);
  }

  private Scalar product() {
    return new Scalar.Apply(
        Function.MULTIPLY, List.of(element(stage.left()), element(stage.right())));
  }

  private static Scalar element(Stage.Operand operand) {
    return new Scalar.Element(
        operand.buffer(), operand.axes().stream().<Coordinate>map(Coordinate.Along::new).toList());
  }

  /** Products without a side to read in vectors: each element is a sum of its own. */
  private Lowered asReduction() {
    return new ReduceLowering(
            new Stage.Reduce(
                stage.target(),
                Reduction.SUM,
                product(),
                inOrderOf(stage.right().axes(), stage.over()),
                stage.target().type(),
                stage.span()),
            target)
        .lower();
  }

  private static List<Axis> inOrderOf(List<Axis> order, List<Axis> axes) {
    return order.stream().filter(axes::contains).toList();
  }

  /** The three sizes of a matrix product and the loops around it. */
  private record Shape(Nest around, Nest.Loop rows, Nest.Loop columns, Nest.Loop summed) {}

  private Shape shape() {
    List<Axis> axes = stage.target().axes();
    List<Axis> left = stage.left().axes();
    List<Axis> right = stage.right().axes();
    Nest summed = Nest.of(inOrderOf(right, stage.over()), streams);
    if (axes.isEmpty()
        || summed.loops().size() != 1
        || stage.right().buffer().type() != stage.target().type()) {
      return null;
    }
    Axis last = axes.getLast();
    if (!right.contains(last) || left.contains(last) || !stride(2, last).equals(Index.ONE)) {
      return null;
    }
    List<Nest.Loop> loops = new ArrayList<>(Nest.of(axes, streams).loops());
    // An axis of one element has no loop.
    if (loops.isEmpty() || !loops.getLast().axis().equals(last)) {
      return null;
    }
    Nest.Loop columns = loops.removeLast();
    Nest.Loop rows = null;
    for (int i = loops.size() - 1; i >= 0 && rows == null; i--) {
      Axis axis = loops.get(i).axis();
      if (left.contains(axis) && !right.contains(axis)) {
        rows = loops.remove(i);
      }
    }
    if (rows == null) {
      rows = new Nest.Loop(Index.ONE, Axis.of("single", 1));
    }
    return new Shape(new Nest(loops), rows, columns, summed.innermost());
  }

  private Index stride(int stream, Axis axis) {
    return streams.stride(stream, axis);
  }

  private Lowered asTiles(Shape shape) {
    Strides strides = new Strides(shape);
    int line = LoopBuilder.line(stage.span());
    TileLoops tiles =
        new TileLoops(
            target,
            stage.left().buffer().type(),
            stage.target().type(),
            lanes,
            strides.constants(),
            strides.names(),
            line);
    Index rows = shape.rows().size();
    Index columns = shape.columns().size();
    Index rowPiece = Index.of(tiles.rowPiece());
    Index columnPiece = Index.of(tiles.columnPiece());
    List<Statement> body = new ArrayList<>();
    // Many rows are shared out by rows, few by columns.
    Index byRows = rows.dividedBy(rowPiece.times(Share.WORKERS)).minimum(Index.ONE);
    body.add(new Statement.DefineIndex("byRows", byRows));
    Index by = Index.variable("byRows");
    Index byColumns = Index.ONE.minus(by);
    Index pieces =
        Share.pieces(rows, rowPiece)
            .times(by)
            .plus(Share.pieces(columns, columnPiece).times(byColumns));
    body.add(new Statement.DefineIndex("pieces", pieces));
    Index perProduct = Index.variable("pieces");
    Index all = shape.around().count().times(perProduct);
    body.add(new Statement.DefineIndex("first", Share.from(all)));
    body.add(new Statement.DefineIndex("end", Share.to(all)));
    List<Statement> inside = new ArrayList<>();
    Names names = new Names();
    List<Index> positions = shape.around().decode(Index.variable("product"), names, inside);
    Index start = Index.variable("product").times(perProduct);
    inside.add(
        new Statement.DefineIndex(
            "pieceFrom", Share.maximum(Index.variable("first").minus(start), Index.ZERO)));
    inside.add(
        new Statement.DefineIndex(
            "pieceTo", Index.variable("end").minus(start).minimum(perProduct)));
    Index from = Index.variable("pieceFrom");
    Index to = Index.variable("pieceTo");
    inside.add(new Statement.DefineIndex("rowFrom", from.times(by).times(rowPiece)));
    inside.add(
        new Statement.DefineIndex(
            "rowTo", to.times(rowPiece).minimum(rows).times(by).plus(rows.times(byColumns))));
    inside.add(new Statement.DefineIndex("columnFrom", from.times(byColumns).times(columnPiece)));
    inside.add(
        new Statement.DefineIndex(
            "columnTo",
            to.times(columnPiece).minimum(columns).times(byColumns).plus(columns.times(by))));
    Map<Axis, Index> outside = new LinkedHashMap<>();
    for (int i = 0; i < positions.size(); i++) {
      outside.put(shape.around().loops().get(i).axis(), positions.get(i));
    }
    inside.addAll(
        tiles.statements(
            new TileLoops.Matrices(base(1, outside), base(2, outside), base(0, outside)),
            strides.arguments(),
            columns));
    body.add(
        new Statement.For(
            "product",
            Index.variable("first").dividedBy(perProduct),
            Share.pieces(Index.variable("end"), perProduct),
            1,
            inside,
            line));
    return new Lowered(
        new Kernel(
            "Contract",
            LoopBuilder.source(stage.span()),
            line,
            target.vectorBits(),
            List.of(
                new BufferParameter("c", stage.target().type()),
                new BufferParameter("a", stage.left().buffer().type()),
                new BufferParameter("b", stage.right().buffer().type())),
            body),
        List.of(stage.target(), stage.left().buffer(), stage.right().buffer()));
  }

  private Index base(int stream, Map<Axis, Index> outside) {
    Index base = Index.ZERO;
    for (Map.Entry<Axis, Index> axis : outside.entrySet()) {
      base = base.plus(streams.offset(streamOf(stream), axis.getKey(), axis.getValue()));
    }
    return base;
  }

  /** Both sides may be the same elements, and then are one stream. */
  private int streamOf(int side) {
    return Math.min(side, streams.count() - 1);
  }

  /**
   * A stride of 1 is folded into the tiles, others are arguments: so all products of a model share
   * a few tiles, which the JVM has compiled within the first tokens.
   */
  private final class Strides {
    private final Map<String, Index> all = new LinkedHashMap<>();

    Strides(Shape shape) {
      all.put("aRow", stride(streamOf(1), shape.rows().axis()));
      all.put("aStep", stride(streamOf(1), shape.summed().axis()));
      all.put("bStep", stride(streamOf(2), shape.summed().axis()));
      all.put("cRow", stride(0, shape.rows().axis()));
      all.put("steps", shape.summed().size());
    }

    Map<String, Index> constants() {
      Map<String, Index> result = new LinkedHashMap<>();
      all.forEach((name, index) ->
          result.put(name, index.equals(Index.ONE) ? index : Index.variable(name)));
      return result;
    }

    List<String> names() {
      return all.entrySet().stream()
          .filter(e -> !e.getValue().equals(Index.ONE))
          .map(Map.Entry::getKey)
          .toList();
    }

    Map<String, Index> arguments() {
      return all;
    }
  }
}
