package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Element by element: rows, and pieces of long ones, are shared out among the workers; vectors go
 * along each row.
 */
final class PointwiseLowering {
  private static final Axis SINGLE = Axis.of("single", 1);

  // A few microseconds of work, and whole vectors of every width.
  private static final int PIECE = 1024;

  private final Stage.Pointwise stage;
  private final Target target;
  private final Streams streams;
  private final Nest rows;
  private final Nest.Loop row;
  private final int lanes;
  private final boolean vector;

  /**
   * By itself.
   *
   * @param parts the axes that rows are numbered along first
   */
  static PointwiseLowering byParts(Stage.Pointwise stage, List<Axis> parts, Target target) {
    return new PointwiseLowering(stage, List.of(), parts, target);
  }

  /**
   * Of each row of several stages.
   *
   * @param given the axes whose positions are known where the rest is looped over
   */
  static PointwiseLowering inRows(Stage.Pointwise stage, List<Axis> given, Target target) {
    return new PointwiseLowering(stage, given, List.of(), target);
  }

  private PointwiseLowering(
      Stage.Pointwise stage, List<Axis> given, List<Axis> parts, Target target) {
    this.stage = stage;
    this.target = target;
    this.streams = new Streams(stage.target(), stage.value());
    List<Axis> axes = new ArrayList<>(stage.target().axes());
    axes.removeAll(given);
    axes.removeAll(parts);
    Nest all = Nest.of(axes, streams);
    Nest around = Nest.of(parts, streams);
    this.rows = all.isEmpty() ? around : around.with(all.withoutInnermost());
    this.row = all.isEmpty() ? new Nest.Loop(Index.ONE, SINGLE) : all.innermost();
    this.lanes = target.lanes(stage.precision());
    this.vector =
        lanes > 1
            && !(all.isEmpty() && !(given.isEmpty() && parts.isEmpty()))
            && stage.target().type() == stage.precision()
            && (all.isEmpty() || streams.stride(0, row.axis()).equals(Index.ONE))
            && ScalarLowering.isVectorizable(stage.value(), places(Index.ZERO), stage.precision());
  }

  Lowered lower() {
    Procedure procedure = procedure();
    Names names = new Names();
    List<Statement> body = rows.isEmpty() ? whole(procedure) : rowByRow(procedure, names);
    return new Lowered(
        new Kernel(
            "Pointwise",
            LoopBuilder.source(stage.span()),
            LoopBuilder.line(stage.span()),
            target.vectorBits(),
            streams.parameters(),
            body),
        streams.buffers());
  }

  /**
   * What belongs to the given positions.
   *
   * @param name how the caller knows a buffer
   */
  List<Statement> row(Map<Axis, Index> given, Function<Buffer, String> name, Names names) {
    Procedure procedure = procedure();
    if (rows.isEmpty()) {
      return List.of(call(procedure, given, Index.ZERO, row.size(), name));
    }
    String inner = names.fresh("inner");
    List<Statement> inside = new ArrayList<>();
    Map<Axis, Index> outside = new LinkedHashMap<>(given);
    outside.putAll(rows.decode(Index.variable(inner), names, inside));
    inside.add(call(procedure, outside, Index.ZERO, row.size(), name));
    return List.of(
        new Statement.For(
            inner, Index.ZERO, rows.count(), 1, inside, LoopBuilder.line(stage.span())));
  }

  /** One row only: its elements are shared out, in pieces of whole vectors. */
  private List<Statement> whole(Procedure procedure) {
    Index piece = Index.of(4L * lanes);
    Index pieces = Share.pieces(row.size(), piece);
    Index from = Share.from(pieces).times(piece);
    Index to = Share.to(pieces).times(piece).minimum(row.size());
    return List.of(
        new Statement.DefineIndex("from", from),
        new Statement.DefineIndex("to", to),
        new Statement.IfLess(
            Index.variable("from"),
            Index.variable("to"),
            List.of(call(procedure, Map.of(), Index.variable("from"), Index.variable("to"))),
            List.of()));
  }

  private List<Statement> rowByRow(Procedure procedure, Names names) {
    List<Statement> inside = new ArrayList<>();
    Map<Axis, Index> outside = rows.decode(Index.variable("row"), names, inside);
    if (row.size() instanceof Index.Constant(long size) && size <= PIECE) {
      inside.add(call(procedure, outside, Index.ZERO, row.size()));
      return List.of(rowLoop(Share.from(rows.count()), Share.to(rows.count()), inside));
    }
    return pieceByPiece(procedure, outside, inside);
  }

  /** There may be fewer rows than workers: one for each sequence, and one sequence. */
  private List<Statement> pieceByPiece(
      Procedure procedure, Map<Axis, Index> outside, List<Statement> inside) {
    Index pieces = Index.variable("pieces");
    Index start = Index.variable("row").times(pieces);
    Index first = Share.maximum(Index.variable("first").minus(start), Index.ZERO);
    Index last = Index.variable("end").minus(start).minimum(pieces);
    inside.add(new Statement.DefineIndex("from", first.times(PIECE)));
    inside.add(new Statement.DefineIndex("to", last.times(PIECE).minimum(row.size())));
    inside.add(call(procedure, outside, Index.variable("from"), Index.variable("to")));
    Index all = rows.count().times(pieces);
    return List.of(
        new Statement.DefineIndex("pieces", Share.pieces(row.size(), Index.of(PIECE))),
        new Statement.DefineIndex("first", Share.from(all)),
        new Statement.DefineIndex("end", Share.to(all)),
        rowLoop(
            Index.variable("first").dividedBy(pieces),
            Share.pieces(Index.variable("end"), pieces),
            inside));
  }

  private Statement rowLoop(Index from, Index to, List<Statement> inside) {
    return new Statement.For("row", from, to, 1, inside, LoopBuilder.line(stage.span()));
  }

  private Statement call(Procedure procedure, Map<Axis, Index> outside, Index from, Index to) {
    return call(procedure, streams.places(outside), outside, from, to);
  }

  private Statement call(
      Procedure procedure,
      Map<Axis, Index> outside,
      Index from,
      Index to,
      Function<Buffer, String> name) {
    return call(procedure, streams.places(outside, name), outside, from, to);
  }

  private Statement call(
      Procedure procedure,
      List<Statement.Place> at,
      Map<Axis, Index> outside,
      Index from,
      Index to) {
    List<Index> arguments = new ArrayList<>(List.of(from, to));
    for (Axis axis : places(Index.ZERO).outside()) {
      arguments.add(outside.get(axis));
    }
    arguments.add(Layout.BATCH);
    arguments.add(Layout.TIME);
    return new Statement.Call(procedure, at, arguments, LoopBuilder.line(stage.span()));
  }

  private RowPlaces places(Index position) {
    return new RowPlaces(streams, Map.of(row.axis(), position), row.axis());
  }

  private Procedure procedure() {
    Names names = new Names();
    List<Statement> body = new ArrayList<>();
    Index from = Index.variable("from");
    Index to = Index.variable("to");
    if (vector) {
      Index whole = to.minus(from).dividedBy(lanes).times(lanes).plus(from);
      body.add(new Statement.DefineIndex("whole", whole));
      body.add(loop("i", from, Index.variable("whole"), lanes, true, names));
      if (!alwaysWhole()) {
        Statement oneByOne = loop("j", Index.variable("whole"), to, 1, false, names);
        // The last vector may overlap the one before: it writes the same values again, unless it
        // reads what was written.
        List<Statement> overlapping = new ArrayList<>();
        overlapping.add(new Statement.DefineIndex("last", to.minus(Index.of(lanes))));
        overlapping.addAll(element(Index.variable("last"), true, names));
        body.add(
            new Statement.IfLess(
                Index.variable("whole"),
                to,
                List.of(
                    addsToItself()
                        ? oneByOne
                        : new Statement.IfLess(
                            Index.of(lanes - 1L), to, overlapping, List.of(oneByOne))),
                List.of()));
      }
    } else {
      body.add(loop("i", from, to, 1, false, names));
    }
    List<String> arguments = new ArrayList<>(List.of("from", "to"));
    places(Index.ZERO).outside().forEach(axis -> arguments.add(RowPlaces.argument(axis)));
    arguments.add("batch");
    arguments.add("time");
    return new Procedure("row", streams.parameters(), arguments, body);
  }

  private boolean addsToItself() {
    return stage.sources().contains(stage.target());
  }

  private boolean alwaysWhole() {
    return row.size() instanceof Index.Constant(long size) && size % lanes == 0;
  }

  private Statement loop(
      String variable, Index from, Index to, int step, boolean asVector, Names names) {
    return new Statement.For(
        variable,
        from,
        to,
        step,
        element(Index.variable(variable), asVector, names),
        Procedure.NO_LINE);
  }

  private List<Statement> element(Index position, boolean asVector, Names names) {
    List<Statement> statements = new ArrayList<>();
    RowPlaces places = places(position);
    Value value =
        new ScalarLowering(places, stage.precision(), target.real(), asVector, names, statements)
            .value(stage.value());
    statements.add(new Statement.Store("out", places.offset(0), stored(value)));
    return statements;
  }

  private Value stored(Value value) {
    ElementType type = stage.target().type();
    return value.kind().isVector() || value.kind().element() == type
        ? value
        : new Value.Convert(value, Kind.scalar(type));
  }
}
