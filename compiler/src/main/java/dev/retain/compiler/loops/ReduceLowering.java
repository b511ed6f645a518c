package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.loops.Value.BinaryOperation;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Sums and maxima: the target's elements are shared out, each is made by one worker alone. */
final class ReduceLowering {
  private static final Axis SINGLE = Axis.of("single", 1);

  private final Stage.Reduce stage;
  private final Target target;
  private final List<Axis> parts;
  private final Streams streams;
  private final Nest rows;
  private final Nest reduced;
  private final Axis inner;
  private final int lanes;
  private final boolean vector;
  private final BinaryOperation operation;

  /**
   * By itself.
   *
   * @param parts the axes that rows are numbered along first
   */
  static ReduceLowering byParts(Stage.Reduce stage, List<Axis> parts, Target target) {
    return new ReduceLowering(stage, List.of(), parts, target);
  }

  /**
   * Of each row of several stages.
   *
   * @param given the axes whose positions are known where the rest is looped over
   */
  static ReduceLowering inRows(Stage.Reduce stage, List<Axis> given, Target target) {
    return new ReduceLowering(stage, given, List.of(), target);
  }

  private ReduceLowering(Stage.Reduce stage, List<Axis> given, List<Axis> parts, Target target) {
    this.stage = stage;
    this.target = target;
    this.parts = parts;
    this.streams = new Streams(stage.target(), stage.value());
    List<Axis> axes = new ArrayList<>(stage.target().axes());
    axes.removeAll(given);
    axes.removeAll(parts);
    this.rows = Nest.of(parts, streams).with(Nest.of(axes, streams));
    this.reduced = Nest.of(stage.over(), streams);
    this.inner = reduced.isEmpty() ? SINGLE : reduced.innermost().axis();
    this.lanes = target.lanes(stage.precision());
    this.operation = operation(stage.reduction());
    this.vector =
        lanes > 1
            && ScalarLowering.isVectorizable(stage.value(), places(positions()), stage.precision());
  }

  static BinaryOperation operation(Reduction reduction) {
    return switch (reduction) {
      case SUM -> BinaryOperation.ADD;
      case MAXIMUM -> BinaryOperation.MAXIMUM;
    };
  }

  Lowered lower() {
    ColumnReduceLowering columns = new ColumnReduceLowering(stage, parts, target);
    return !vector && columns.hasVectors() ? columns.lower() : asRows();
  }

  private Lowered asRows() {
    Procedure procedure = procedure();
    Names names = new Names();
    List<Statement> inside = new ArrayList<>();
    Map<Axis, Index> outside = rows.decode(Index.variable("row"), names, inside);
    inside.add(call(procedure, streams.places(outside), outside));
    Statement loop =
        new Statement.For(
            "row",
            Share.from(rows.count()),
            Share.to(rows.count()),
            1,
            inside,
            LoopBuilder.line(stage.span()));
    return new Lowered(
        new Kernel(
            "Reduce",
            LoopBuilder.source(stage.span()),
            LoopBuilder.line(stage.span()),
            target.vectorBits(),
            streams.parameters(),
            List.of(loop)),
        streams.buffers());
  }

  /**
   * What belongs to the given positions.
   *
   * @param name how the caller knows a buffer
   */
  List<Statement> row(Map<Axis, Index> given, Function<Buffer, String> name, Names names) {
    Procedure procedure = procedure();
    String inner = names.fresh("inner");
    List<Statement> inside = new ArrayList<>();
    Map<Axis, Index> outside = new LinkedHashMap<>(given);
    outside.putAll(rows.decode(Index.variable(inner), names, inside));
    inside.add(call(procedure, streams.places(outside, name), outside));
    return rows.isEmpty()
        ? inside
        : List.of(
            new Statement.For(
                inner, Index.ZERO, rows.count(), 1, inside, LoopBuilder.line(stage.span())));
  }

  private Statement call(Procedure procedure, List<Statement.Place> at, Map<Axis, Index> outside) {
    List<Index> arguments = new ArrayList<>();
    for (Axis axis : places(positions()).outside()) {
      arguments.add(outside.get(axis));
    }
    arguments.add(Layout.BATCH);
    arguments.add(Layout.TIME);
    return new Statement.Call(procedure, at, arguments, LoopBuilder.line(stage.span()));
  }

  private RowPlaces places(Map<Axis, Index> positions) {
    return new RowPlaces(streams, positions, inner);
  }

  /** The variable of each loop of the procedure. */
  private Map<Axis, Index> positions() {
    Map<Axis, Index> positions = new LinkedHashMap<>();
    for (int i = 0; i < reduced.loops().size(); i++) {
      positions.put(reduced.loops().get(i).axis(), Index.variable("i" + i));
    }
    return positions;
  }

  private Procedure procedure() {
    Names names = new Names();
    Kind one = Kind.scalar(stage.precision());
    Kind many = Kind.vector(stage.precision());
    double start = stage.reduction() == Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY;
    List<Statement> body = new ArrayList<>();
    body.add(new Statement.Accumulator("total", new Value.Literal(start, one)));
    if (vector) {
      body.add(
          new Statement.Accumulator("totals", new Value.Broadcast(new Value.Literal(start, one))));
    }
    body.addAll(loops(0, names));
    Value total = new Value.Local("total", one);
    if (vector) {
      total =
          new Value.Binary(
              operation, new Value.ReduceLanes(operation, new Value.Local("totals", many)), total);
    }
    body.add(new Statement.Store("out", Index.ZERO, converted(total)));
    List<String> arguments = new ArrayList<>();
    places(positions()).outside().forEach(axis -> arguments.add(RowPlaces.argument(axis)));
    arguments.add("batch");
    arguments.add("time");
    return new Procedure("reduce", streams.parameters(), arguments, body);
  }

  private Value converted(Value value) {
    return value.kind().element() == stage.target().type()
        ? value
        : new Value.Convert(value, Kind.scalar(stage.target().type()));
  }

  private List<Statement> loops(int depth, Names names) {
    int line = Procedure.NO_LINE;
    if (reduced.isEmpty()) {
      return element(positions(), false, names);
    }
    Index size = reduced.loops().get(depth).size();
    String variable = "i" + depth;
    if (depth < reduced.loops().size() - 1) {
      return List.of(
          new Statement.For(variable, Index.ZERO, size, 1, loops(depth + 1, names), line));
    }
    if (!vector) {
      return List.of(
          new Statement.For(
              variable, Index.ZERO, size, 1, element(positions(), false, names), line));
    }
    List<Statement> statements = new ArrayList<>();
    Index whole = size.dividedBy(lanes).times(lanes);
    statements.add(
        new Statement.For(
            variable, Index.ZERO, whole, lanes, element(positions(), true, names), line));
    if (!whole.equals(size)) {
      Map<Axis, Index> tail = positions();
      tail.put(inner, Index.variable("j"));
      statements.add(new Statement.For("j", whole, size, 1, element(tail, false, names), line));
    }
    return statements;
  }

  private List<Statement> element(Map<Axis, Index> at, boolean asVector, Names names) {
    List<Statement> statements = new ArrayList<>();
    Value value =
        new ScalarLowering(
                places(at), stage.precision(), target.real(), asVector, names, statements)
            .value(stage.value());
    String name = asVector ? "totals" : "total";
    statements.add(
        new Statement.Assign(
            name, new Value.Binary(operation, new Value.Local(name, value.kind()), value)));
    return statements;
  }
}
