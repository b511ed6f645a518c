package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Coordinate;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Triangular systems row by row, from the first step to the last, or backwards with the columns of
 * the matrix for its rows. Each row is the right side's plus multiples of the rows done before;
 * columns of the right side are independent of each other, so they are read in vectors and shared
 * out among the workers. Rows of steps are done some at once, so that each row before them is read
 * once for all of them.
 */
final class SolveLowering {
  private static final List<Integer> VECTORS = List.of(4, 2, 1);

  /** Rows at once, whose sums stay in registers: of vectors of 512 bits there are more. */
  private static final int WIDE_ROWS = 4;

  private static final int NARROW_ROWS = 2;

  private final Stage.Solve stage;
  private final Target target;
  private final Streams streams;
  private final ElementType real;
  private final int lanes;

  /** How many vectors of a row are solved for at once; 0 for one number. */
  private final int vectors;

  private final SolveRows procedures;

  SolveLowering(Stage.Solve stage, Target target) {
    this.stage = stage;
    this.target = target;
    this.streams =
        new Streams(
            stage.target(),
            new Scalar.Apply(
                Function.MULTIPLY, List.of(element(stage.matrix()), element(stage.right()))));
    this.real = stage.target().type();
    this.lanes = target.lanes(real);
    this.vectors =
        hasVectors()
            ? VECTORS.stream().filter(v -> v * lanes <= last().size()).findFirst().orElse(0)
            : 0;
    this.procedures = new SolveRows(stage, streams, lanes, vectors);
  }

  private static Scalar element(Stage.Operand operand) {
    return new Scalar.Element(
        operand.buffer(), operand.axes().stream().<Coordinate>map(Coordinate.Along::new).toList());
  }

  private Axis last() {
    return stage.target().axes().getLast();
  }

  private boolean hasVectors() {
    return lanes > 1
        && !stage.rows().contains(last())
        && last().isFixed()
        && stage.right().buffer().type() == real
        && streams.stride(SolveRows.RIGHT, last()).equals(Index.ONE)
        && streams.stride(SolveRows.MATRIX, last()).equals(Index.ZERO);
  }

  Lowered lower() {
    int line = LoopBuilder.line(stage.span());
    List<Axis> axes = new ArrayList<>(stage.target().axes());
    axes.removeAll(stage.rows());
    List<Statement> inside = new ArrayList<>();
    Index column = Index.ZERO;
    Index pieces = Index.ONE;
    if (vectors > 0) {
      axes.removeLast();
      int width = vectors * lanes;
      pieces = Share.pieces(Index.of(last().size()), Index.of(width));
      // The last piece may overlap the one before: both have the same numbers there.
      column =
          Index.variable("part")
              .remainder(pieces)
              .times(width)
              .minimum(Index.of((long) last().size() - width));
      inside.add(new Statement.DefineIndex("column", column));
      column = Index.variable("column");
    }
    Nest systems = Nest.of(axes, streams);
    inside.add(new Statement.DefineIndex("system", Index.variable("part").dividedBy(pieces)));
    Map<Axis, Index> outside = systems.decode(Index.variable("system"), new Names(), inside);
    inside.addAll(rows(outside, column, line));
    Index all = Layout.times(systems.count(), pieces);
    return new Lowered(
        new Kernel(
            "Solve",
            LoopBuilder.source(stage.span()),
            line,
            target.vectorBits(),
            streams.parameters(),
            List.of(new Statement.For("part", Share.from(all), Share.to(all), 1, inside, line))),
        streams.buffers());
  }

  private List<Statement> rows(Map<Axis, Index> outside, Index column, int line) {
    if (vectors == 0 || stage.rows().size() > 1) {
      return oneByOne(outside, column, line);
    }
    int together = target.vectorBits() == 512 ? WIDE_ROWS : NARROW_ROWS;
    Index size = Layout.size(stage.rows().getFirst());
    Index whole = size.dividedBy(together).times(together);
    return List.of(
        new Statement.DefineIndex("whole", whole),
        rowLoop("block", Index.ZERO, Index.variable("whole"), together, outside, column, line),
        rowLoop("rest", Index.variable("whole"), size, 1, outside, column, line));
  }

  /** So many rows at a time, in the order in which they are done. */
  private Statement rowLoop(
      String variable,
      Index from,
      Index to,
      int together,
      Map<Axis, Index> outside,
      Index column,
      int line) {
    Axis axis = stage.rows().getFirst();
    String name = variable + "Row";
    Index done = Index.variable(variable);
    List<Statement> body = new ArrayList<>();
    body.add(new Statement.DefineIndex(name, procedures.forward() ? done : last(axis).minus(done)));
    Map<Axis, Index> row = new LinkedHashMap<>(outside);
    row.put(axis, Index.variable(name));
    Map<Axis, Index> inMatrix = new LinkedHashMap<>(outside);
    inMatrix.put(procedures.matrixRow(), Index.variable(name));
    body.add(
        call(
            procedures.together(together),
            outside,
            inMatrix,
            row,
            column,
            List.of(Index.variable(name)),
            line));
    return new Statement.For(variable, from, to, together, body, line);
  }

  private Statement call(
      Procedure procedure,
      Map<Axis, Index> outside,
      Map<Axis, Index> inMatrix,
      Map<Axis, Index> row,
      Index column,
      List<Index> positions,
      int line) {
    List<Index> arguments = new ArrayList<>(positions);
    arguments.add(Layout.BATCH);
    arguments.add(Layout.TIME);
    return new Statement.Call(
        procedure,
        List.of(
            new Statement.Place(
                streams.name(SolveRows.OUT), streams.place(SolveRows.OUT, outside).plus(column)),
            new Statement.Place(
                streams.name(SolveRows.MATRIX), streams.place(SolveRows.MATRIX, inMatrix)),
            new Statement.Place(
                streams.name(SolveRows.RIGHT), streams.place(SolveRows.RIGHT, row).plus(column))),
        arguments,
        line);
  }

  /** Rows with several values at each step, or without vectors. */
  private List<Statement> oneByOne(Map<Axis, Index> outside, Index column, int line) {
    Map<Axis, Index> row = new LinkedHashMap<>(outside);
    Map<Axis, Index> inMatrix = new LinkedHashMap<>(outside);
    List<Index> positions = new ArrayList<>();
    List<Statement> call = new ArrayList<>();
    for (int i = 0; i < stage.rows().size(); i++) {
      Index position = Index.variable("row" + i);
      if (!procedures.forward()) {
        position = last(stage.rows().get(i)).minus(Index.variable("step" + i));
        call.add(new Statement.DefineIndex("row" + i, position));
        position = Index.variable("row" + i);
      }
      row.put(stage.rows().get(i), position);
      inMatrix.put((procedures.forward() ? stage.rows() : stage.columns()).get(i), position);
      positions.add(position);
    }
    call.add(call(procedures.one(), outside, inMatrix, row, column, positions, line));
    List<Statement> body = call;
    for (int i = stage.rows().size() - 1; i >= 0; i--) {
      Index size = Layout.size(stage.rows().get(i));
      String variable = (procedures.forward() ? "row" : "step") + i;
      body = List.of(new Statement.For(variable, Index.ZERO, size, 1, body, line));
    }
    return body;
  }

  private static Index last(Axis axis) {
    return Layout.size(axis).minus(Index.ONE);
  }
}
