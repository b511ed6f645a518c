package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Coordinate;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.Function;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

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
  private static final int OUT = 0;
  private static final int MATRIX = 1;
  private static final int RIGHT = 2;

  private final Stage.Solve stage;
  private final Target target;
  private final Streams streams;
  private final ElementType real;
  private final int lanes;

  /** How many vectors of a row are solved for at once; 0 for one number. */
  private final int vectors;

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
        && streams.stride(RIGHT, last()).equals(Index.ONE)
        && streams.stride(MATRIX, last()).equals(Index.ZERO);
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
    body.add(new Statement.DefineIndex(name, forward() ? done : last(axis).minus(done)));
    Map<Axis, Index> row = new LinkedHashMap<>(outside);
    row.put(axis, Index.variable(name));
    Map<Axis, Index> inMatrix = new LinkedHashMap<>(outside);
    inMatrix.put(matrixRow(), Index.variable(name));
    body.add(
        call(
            procedure(together),
            outside,
            inMatrix,
            row,
            column,
            List.of(Index.variable(name)),
            line));
    return new Statement.For(variable, from, to, together, body, line);
  }

  /** The axis of the matrix along which its rows lie; backwards its columns are the rows. */
  private Axis matrixRow() {
    return (forward() ? stage.rows() : stage.columns()).getFirst();
  }

  private Axis matrixColumn() {
    return (forward() ? stage.columns() : stage.rows()).getFirst();
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
            new Statement.Place(streams.name(OUT), streams.place(OUT, outside).plus(column)),
            new Statement.Place(streams.name(MATRIX), streams.place(MATRIX, inMatrix)),
            new Statement.Place(streams.name(RIGHT), streams.place(RIGHT, row).plus(column))),
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
      if (!forward()) {
        position = last(stage.rows().get(i)).minus(Index.variable("step" + i));
        call.add(new Statement.DefineIndex("row" + i, position));
        position = Index.variable("row" + i);
      }
      row.put(stage.rows().get(i), position);
      inMatrix.put((forward() ? stage.rows() : stage.columns()).get(i), position);
      positions.add(position);
    }
    call.add(call(procedure(), outside, inMatrix, row, column, positions, line));
    List<Statement> body = call;
    for (int i = stage.rows().size() - 1; i >= 0; i--) {
      Index size = Layout.size(stage.rows().get(i));
      String variable = (forward() ? "row" : "step") + i;
      body = List.of(new Statement.For(variable, Index.ZERO, size, 1, body, line));
    }
    return body;
  }

  private boolean forward() {
    return stage.direction() == Direction.FORWARD;
  }

  private static Index last(Axis axis) {
    return Layout.size(axis).minus(Index.ONE);
  }

  /**
   * Some rows at once, the first at {@code row0}: what all rows done before give them, then what
   * each of them gives the next ones.
   */
  private Procedure procedure(int together) {
    Axis axis = stage.rows().getFirst();
    Index first = Index.variable("row0");
    List<Statement> body = new ArrayList<>();
    for (int r = 0; r < together; r++) {
      Index place = streams.offset(RIGHT, axis, inOrder(r));
      for (int v = 0; v < vectors; v++) {
        body.add(
            new Statement.Accumulator(
                sum(r, v), new Value.Load(streams.name(RIGHT), place.plus(at(v)), kind())));
      }
    }
    Index above = Index.variable("above");
    List<Statement> step = new ArrayList<>();
    for (int v = 0; v < vectors; v++) {
      Index place = streams.offset(OUT, axis, above).plus(at(v));
      step.add(new Statement.Define("x" + v, new Value.Load(streams.name(OUT), place, kind())));
    }
    for (int r = 0; r < together; r++) {
      step.addAll(multiply(r, above, "factor" + r, v -> "x" + v));
    }
    body.add(
        new Statement.For(
            "above",
            forward() ? Index.ZERO : first.plus(Index.ONE),
            forward() ? first : Layout.size(axis),
            1,
            step,
            Procedure.NO_LINE));
    for (int done = 0; done < together; done++) {
      Index position = first.plus(inOrder(done));
      for (int v = 0; v < vectors; v++) {
        body.add(
            new Statement.Store(
                streams.name(OUT),
                streams.offset(OUT, axis, position).plus(at(v)),
                new Value.Local(sum(done, v), kind())));
      }
      int from = done;
      for (int r = done + 1; r < together; r++) {
        body.addAll(multiply(r, position, "factor%d_%d".formatted(done, r), v -> sum(from, v)));
      }
    }
    return new Procedure(
        "solve" + together, streams.parameters(), List.of("row0", "batch", "time"), body);
  }

  /** How far the row of that number is from the first. */
  private Index inOrder(int row) {
    return Index.of(forward() ? row : -row);
  }

  private static String sum(int row, int vector) {
    return "sum%d_%d".formatted(row, vector);
  }

  /** Adds a multiple of a row that is done to one of the rows at once. */
  private List<Statement> multiply(int row, Index done, String factor, IntFunction<String> vector) {
    Index place =
        streams
            .offset(MATRIX, matrixRow(), inOrder(row))
            .plus(streams.offset(MATRIX, matrixColumn(), done));
    List<Statement> statements = new ArrayList<>();
    statements.add(
        new Statement.Define(
            factor,
            new Value.Broadcast(new Value.Load(streams.name(MATRIX), place, Kind.scalar(real)))));
    for (int v = 0; v < vectors; v++) {
      statements.add(
          new Statement.Assign(
              sum(row, v),
              new Value.MultiplyAdd(
                  new Value.Local(factor, kind()),
                  new Value.Local(vector.apply(v), kind()),
                  new Value.Local(sum(row, v), kind()))));
    }
    return statements;
  }

  /** One row, from those done before it. */
  private Procedure procedure() {
    List<Statement> body = new ArrayList<>();
    for (int v = 0; v < width(); v++) {
      body.add(
          new Statement.Accumulator("sum" + v, new Value.Load(streams.name(RIGHT), at(v), kind())));
    }
    body.addAll(above(0, new LinkedHashMap<>()));
    Map<Axis, Index> row = new LinkedHashMap<>();
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < stage.rows().size(); i++) {
      arguments.add("row" + i);
      row.put(stage.rows().get(i), Index.variable("row" + i));
    }
    for (int v = 0; v < width(); v++) {
      body.add(
          new Statement.Store(
              streams.name(OUT),
              streams.place(OUT, row).plus(at(v)),
              new Value.Local("sum" + v, kind())));
    }
    arguments.add("batch");
    arguments.add("time");
    return new Procedure("solve", streams.parameters(), arguments, body);
  }

  /**
   * The rows that agree with this one in the first {@code equal} places and are done before it in
   * the next: all values of other steps, then the other ones of this step.
   */
  private List<Statement> above(int equal, Map<Axis, Index> known) {
    List<Axis> rows = stage.rows();
    if (equal == rows.size()) {
      return List.of();
    }
    Map<Axis, Index> at = new LinkedHashMap<>(known);
    List<String> variables = new ArrayList<>();
    for (int i = equal; i < rows.size(); i++) {
      variables.add("above%d_%d".formatted(equal, i));
      at.put(rows.get(i), Index.variable(variables.getLast()));
    }
    List<Statement> body = multiply(at, "factor" + equal);
    for (int i = rows.size() - 1; i >= equal; i--) {
      Index own = Index.variable("row" + i);
      Index start = i == equal && !forward() ? own.plus(Index.ONE) : Index.ZERO;
      Index end = i == equal && forward() ? own : Layout.size(rows.get(i));
      body =
          List.of(
              new Statement.For(variables.get(i - equal), start, end, 1, body, Procedure.NO_LINE));
    }
    List<Statement> all = new ArrayList<>(body);
    Map<Axis, Index> same = new LinkedHashMap<>(known);
    same.put(rows.get(equal), Index.variable("row" + equal));
    all.addAll(above(equal + 1, same));
    return all;
  }

  private List<Statement> multiply(Map<Axis, Index> at, String factor) {
    Map<Axis, Index> columns = new LinkedHashMap<>();
    at.forEach((row, position) ->
        columns.put(forward() ? stage.columns().get(stage.rows().indexOf(row)) : row, position));
    List<Statement> body = new ArrayList<>();
    Value element =
        new Value.Load(streams.name(MATRIX), streams.place(MATRIX, columns), Kind.scalar(real));
    body.add(new Statement.Define(factor, vectors > 0 ? new Value.Broadcast(element) : element));
    for (int v = 0; v < width(); v++) {
      body.add(
          new Statement.Assign(
              "sum" + v,
              new Value.MultiplyAdd(
                  new Value.Local(factor, kind()),
                  new Value.Load(streams.name(OUT), streams.place(OUT, at).plus(at(v)), kind()),
                  new Value.Local("sum" + v, kind()))));
    }
    return body;
  }

  private int width() {
    return Math.max(1, vectors);
  }

  private Index at(int vector) {
    return Index.of((long) vector * lanes);
  }

  private Kind kind() {
    return vectors > 0 ? Kind.vector(real) : Kind.scalar(real);
  }
}
