package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.fusion.Triangle;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Storage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sums of products as matrix products: rows m from the left side, columns n from the right side,
 * which is read in vectors, and k summed. Axes that both sides keep, and others that fit neither
 * role, are loops around it.
 */
final class ContractLowering {
  /** So many rows fill high tiles, although it is one step: sequences that are decoded together. */
  private static final int MANY_ROWS = 8;

  /** Of so many packing pays, even if the matrix lies in blocks that high tiles can read. */
  private static final int VERY_MANY_ROWS = 33;

  private static final List<String> PANEL_BUFFERS = List.of("c", "a", "b", "workspace");
  private static final List<String> KERNEL_SIZES = List.of("batch", "time", "worker", "workers");

  private final Stage.Single given;
  private final boolean isBlocked;
  private final Stage.Contract stage;
  private final Optional<Stage.Finished> finished;
  private final List<Axis> parts;
  private final Target target;
  private final ProductStreams sides;
  private final int lanes;

  /**
   * @param parts the axes whose positions say which product, if products may be made part by part
   */
  ContractLowering(Stage.Contract given, List<Axis> parts, Target target) {
    this(given, given, BlockedProduct.unfolded(given), Optional.empty(), parts, target);
  }

  /** The same of a product that is finished before it goes to memory. */
  static ContractLowering of(Stage.Finished given, List<Axis> parts, Target target) {
    Stage.Finished unfolded = BlockedProduct.unfolded(given);
    return new ContractLowering(
        given, given.product(), unfolded.product(), Optional.of(unfolded), parts, target);
  }

  private ContractLowering(
      Stage.Single given,
      Stage.Contract product,
      Stage.Contract stage,
      Optional<Stage.Finished> finished,
      List<Axis> parts,
      Target target) {
    this.given = given;
    this.isBlocked = product.right().buffer().rows() > 0;
    this.stage = stage;
    this.finished = finished;
    this.parts = parts;
    this.target = target;
    this.sides = new ProductStreams(stage, finished);
    this.lanes = target.lanes(sides.filled().type());
  }

  Lowered lower() {
    Lowered lowered = lowered();
    List<Buffer> known = new ArrayList<>(given.targets());
    known.addAll(given.sources());
    return new Lowered(
        lowered.kernel(),
        lowered.buffers().stream()
            .map(buffer ->
                known.stream()
                    .filter(other -> other.id() == buffer.id())
                    .findFirst()
                    .orElse(buffer))
            .toList());
  }

  private Lowered lowered() {
    Shape shape = shape();
    if (shape == null) {
      requireFresh();
      return asReduction();
    }
    if (isPacked(shape.rows())) {
      return asPanels(shape);
    }
    requireFresh();
    return asTiles(shape);
  }

  private void requireFresh() {
    if (stage.adds() || finished.isPresent()) {
      throw new IllegalStateException("more than a product, and no product of matrices");
    }
  }

  /** What can be left out, if rows and columns or steps are those of the triangle alone. */
  private Triangle triangle(Shape shape) {
    Nest.Loop steps = stage.triangle() == Triangle.TARGET ? shape.columns() : shape.summed();
    Index time = Layout.size(Axis.TIME);
    boolean alone =
        shape.rows().size().equals(time) && steps.size().equals(time) && shape.outer().isEmpty();
    return alone ? stage.triangle() : Triangle.NONE;
  }

  /** Products without a side to read in vectors: each element is a sum of its own. */
  private Lowered asReduction() {
    return ReduceLowering.byParts(
            new Stage.Reduce(
                stage.target(),
                Reduction.SUM,
                sides.product(),
                inOrderOf(stage.right().axes(), stage.over()),
                stage.target().type(),
                stage.span()),
            parts,
            target)
        .lower();
  }

  private static List<Axis> inOrderOf(List<Axis> order, List<Axis> axes) {
    return order.stream().filter(axes::contains).toList();
  }

  /**
   * The three sizes of a matrix product and the loops around it.
   *
   * @param outer sums around the innermost one
   */
  private record Shape(
      Nest around, Nest.Loop rows, Nest.Loop columns, Nest outer, Nest.Loop summed) {}

  private Shape shape() {
    List<Axis> axes = sides.filledAxes();
    List<Axis> left = stage.left().axes();
    List<Axis> right = stage.right().axes();
    Nest summed = Nest.of(inOrderOf(right, stage.over()), sides.all());
    if (axes.isEmpty() || summed.isEmpty()) {
      return null;
    }
    Axis last = axes.getLast();
    if (!right.contains(last) || left.contains(last)) {
      return null;
    }
    List<Nest.Loop> loops = new ArrayList<>(Nest.of(axes, sides.all()).loops());
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
    if (!isPacked(rows) && !isReadAsItLies(last, summed)) {
      return null;
    }
    Shape shape =
        new Shape(new Nest(loops), rows, columns, summed.withoutInnermost(), summed.innermost());
    return isBlocked ? acrossBlocks(shape) : shape;
  }

  /** Whether there are rows enough that packing pays. */
  private boolean isPacked(Nest.Loop rows) {
    return !target.oneStep() && !rows.size().equals(Index.ONE);
  }

  /** Whether vectors along the last axis can be read from the right side where it lies. */
  private boolean isReadAsItLies(Axis last, Nest summed) {
    return summed.loops().size() == 1
        && Kind.vector(stage.target().type()).loads(stage.right().buffer().type())
        && sides.stride(sides.right(), last).equals(Index.ONE);
  }

  /** Rows are few, so that packing would take longer than it gains: tiles read what lies there. */
  private Lowered asTiles(Shape shape) {
    Map<String, Index> strides = strides(shape);
    Map<String, Index> variables = new LinkedHashMap<>();
    strides.forEach((name, stride) ->
        variables.put(name, stride.equals(Index.ONE) ? stride : Index.variable(name)));
    List<String> arguments =
        strides.entrySet().stream()
            .filter(e -> !e.getValue().equals(Index.ONE))
            .map(Map.Entry::getKey)
            .toList();
    ElementType left = stage.left().buffer().type();
    ElementType right = stage.right().buffer().type();
    ElementType real = stage.target().type();
    int line = LoopBuilder.line(stage.span());
    TileLoops tiles = new TileLoops(target, left, right, real, lanes, variables, arguments, line);
    StreamLoops stream = new StreamLoops(left, right, real, lanes, variables, arguments, line);
    Index rows = shape.rows().size();
    // Many rows are shared out by rows, few by columns.
    Index byRows = rows.dividedBy(Index.of(tiles.rowPiece()).times(Share.WORKERS));
    ProductShares shares =
        new ProductShares(
            shape.around(),
            new ProductShares.Side(rows, tiles.rowPiece()),
            new ProductShares.Side(shape.columns().size(), tiles.columnPiece()),
            byRows.minimum(Index.ONE));
    boolean large = StreamLoops.pays(shape.summed().size(), shape.columns().size(), right);
    boolean streamed = large && !isBlocked;
    List<Statement> few =
        shares.statements(
            outside -> {
              TileLoops.Matrices at =
                  new TileLoops.Matrices(
                      sides.base(sides.left(), outside),
                      sides.base(sides.right(), outside),
                      sides.base(0, outside));
              List<Statement> inTiles = tiles.statements(at, strides, shape.columns().size());
              return streamed
                  ? List.of(
                      new Statement.IfLess(
                          rows, Index.of(2), stream.statements(at, strides), inTiles))
                  : inTiles;
            },
            line);
    if (!large || rows instanceof Index.Constant) {
      return lowered(few, List.of());
    }
    Statement many = apart("packed", panels(shape));
    if (isBlocked && target.vectorBits() == 512) {
      TileLoops high =
          TileLoops.ofManyRows(target, left, right, real, lanes, variables, arguments, line);
      ProductShares byColumns =
          new ProductShares(
              shape.around(),
              new ProductShares.Side(rows, high.rowPiece()),
              new ProductShares.Side(shape.columns().size(), Storage.block(right)),
              Index.ZERO);
      List<Statement> inBlocks =
          byColumns.statements(
              outside ->
                  high.pieces(
                      new TileLoops.Matrices(
                          sides.base(sides.left(), outside),
                          sides.base(sides.right(), outside),
                          sides.base(0, outside)),
                      strides,
                      shape.columns().size()),
              line);
      many =
          new Statement.IfLess(
              rows, Index.of(VERY_MANY_ROWS), List.of(apart("inBlocks", inBlocks)), List.of(many));
    }
    return lowered(
        List.of(new Statement.IfLess(rows, Index.of(MANY_ROWS), few, List.of(many))),
        List.of(Workspace.buffer(real)));
  }

  /** A part of the kernel as a procedure of its own. */
  private Statement apart(String name, List<Statement> body) {
    return new Statement.Call(
        new Procedure(
            name, parameters(List.of(Workspace.buffer(stage.target().type()))), KERNEL_SIZES, body),
        PANEL_BUFFERS.stream().map(buffer -> new Statement.Place(buffer, Index.ZERO)).toList(),
        KERNEL_SIZES.stream().map(Index::variable).toList(),
        LoopBuilder.line(stage.span()));
  }

  private Lowered asPanels(Shape shape) {
    return lowered(panels(shape), List.of(Workspace.buffer(sides.filled().type())));
  }

  private Axis blocks() {
    return stage.right().axes().getFirst();
  }

  /** The same product with the columns of all blocks in a row: tiles and panels know where. */
  private Shape acrossBlocks(Shape shape) {
    List<Nest.Loop> around = new ArrayList<>(shape.around().loops());
    around.removeIf(loop -> loop.axis().equals(blocks()));
    Index columns = Layout.size(List.of(blocks(), stage.target().axes().getLast()));
    return new Shape(
        new Nest(around),
        shape.rows(),
        new Nest.Loop(columns, shape.columns().axis()),
        shape.outer(),
        shape.summed());
  }

  private List<Statement> panels(Shape shape) {
    Map<String, Index> strides = strides(shape);
    ElementType real = stage.target().type();
    PanelProduct product =
        PanelProduct.of(
            PanelShape.of(
                target,
                stage.left().buffer().type(),
                stage.right().buffer().type(),
                real,
                triangle(shape),
                strides),
            sides.finish(shape.columns().axis(), lanes));
    Index rows = shape.rows().size();
    Index columns = shape.columns().size();
    // Workers that share out columns pack different ones; few columns are shared out by rows.
    Index fewColumns =
        Index.ONE.minus(
            columns
                .dividedBy(Index.of(product.leastColumns()).times(Share.WORKERS))
                .minimum(Index.ONE));
    Index manyRows =
        rows.dividedBy(Index.of(product.rowPiece()).times(Share.WORKERS)).minimum(Index.ONE);
    ProductShares shares =
        new ProductShares(
            shape.around(),
            new ProductShares.Side(rows, product.rowPiece()),
            new ProductShares.Side(columns, product.columnPiece()),
            fewColumns.times(manyRows));
    return shares.statements(
        outside -> sums(shape, product, strides, outside), LoopBuilder.line(stage.span()));
  }

  /** The product for one position of the loops around it: all steps of its sums. */
  private List<Statement> sums(
      Shape shape, PanelProduct product, Map<String, Index> strides, Map<Axis, Index> outside) {
    int line = LoopBuilder.line(stage.span());
    if (shape.outer().isEmpty()) {
      return List.of(
          product.call(
              sides.base(0, outside),
              sides.base(sides.left(), outside),
              sides.base(sides.right(), outside),
              sides.others(outside),
              strides,
              stage.adds() ? Index.ONE : Index.ZERO,
              Index.ZERO,
              line));
    }
    List<Statement> inside = new ArrayList<>();
    Names names = new Names();
    Map<Axis, Index> all = new LinkedHashMap<>(outside);
    all.putAll(shape.outer().decode(Index.variable("outer"), "sum", names, inside));
    inside.add(
        product.call(
            sides.base(0, outside),
            sides.base(sides.left(), all),
            sides.base(sides.right(), all),
            sides.others(outside),
            strides,
            stage.adds() ? Index.ONE : Index.variable("outer").minimum(Index.ONE),
            shape.outer().count().minus(Index.ONE).minus(Index.variable("outer")),
            line));
    return List.of(new Statement.For("outer", Index.ZERO, shape.outer().count(), 1, inside, line));
  }

  private Lowered lowered(List<Statement> body, List<Buffer> more) {
    List<Buffer> buffers =
        new ArrayList<>(List.of(sides.filled(), stage.left().buffer(), stage.right().buffer()));
    buffers.addAll(more);
    buffers.addAll(sides.otherBuffers());
    return new Lowered(
        new Kernel(
            "Contract",
            LoopBuilder.source(stage.span()),
            LoopBuilder.line(stage.span()),
            target.vectorBits(),
            parameters(more),
            body),
        buffers);
  }

  private List<BufferParameter> parameters(List<Buffer> more) {
    List<BufferParameter> parameters = new ArrayList<>();
    parameters.add(new BufferParameter("c", stage.target().type()));
    parameters.add(new BufferParameter("a", stage.left().buffer().type()));
    parameters.add(new BufferParameter("b", stage.right().buffer().type()));
    more.forEach(buffer -> parameters.add(new BufferParameter(buffer.name(), buffer.type())));
    parameters.addAll(sides.otherParameters());
    return parameters;
  }

  /**
   * A stride of 1 is folded into the tiles, others are arguments: so all products of a model share
   * a few tiles, which the JVM has compiled within the first tokens.
   */
  private Map<String, Index> strides(Shape shape) {
    Map<String, Index> all = new LinkedHashMap<>();
    all.put("aRow", sides.stride(sides.left(), shape.rows().axis()));
    all.put("aStep", sides.stride(sides.left(), shape.summed().axis()));
    all.put("bStep", sides.stride(sides.right(), shape.summed().axis()));
    all.put("bColumn", sides.stride(sides.right(), shape.columns().axis()));
    if (isBlocked) {
      all.put("bBlock", sides.stride(sides.right(), blocks()));
    }
    all.put("cRow", sides.stride(0, shape.rows().axis()));
    all.put("steps", shape.summed().size());
    sides
        .finish(shape.columns().axis(), lanes)
        .ifPresent(finish ->
            finish
                .others()
                .forEach(
                    other -> all.put(finish.row(other), sides.stride(other, shape.rows().axis()))));
    return all;
  }
}
