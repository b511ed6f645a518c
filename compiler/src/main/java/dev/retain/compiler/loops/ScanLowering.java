package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.loops.Value.BinaryOperation;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sums along time: each row of elements beside each other is shared out in pieces, and the sum of
 * an element, or of a vector of them, stays in a register from the first step to the last.
 */
final class ScanLowering {
  private static final Axis SINGLE = Axis.of("single", 1);
  private static final ElementType PRECISION = ElementType.F64;

  private final Stage.Scan stage;
  private final Target target;
  private final Streams streams;
  private final Nest rows;
  private final Nest.Loop row;
  private final int lanes;
  private final boolean vector;

  /**
   * @param parts the axes that rows are numbered along first
   */
  ScanLowering(Stage.Scan stage, List<Axis> parts, Target target) {
    this.stage = stage;
    this.target = target;
    this.streams = new Streams(stage.target(), stage.value());
    List<Axis> axes = new ArrayList<>(stage.target().axes());
    axes.remove(Axis.TIME);
    axes.removeAll(parts);
    Nest all = Nest.of(axes, streams);
    Nest around = Nest.of(parts, streams);
    this.rows = all.isEmpty() ? around : around.with(all.withoutInnermost());
    this.row = all.isEmpty() ? new Nest.Loop(Index.ONE, SINGLE) : all.innermost();
    this.lanes = target.lanes(PRECISION);
    this.vector =
        lanes > 1
            && stage.target().type() == PRECISION
            && row.axis() != SINGLE
            && streams.stride(0, row.axis()).equals(Index.ONE)
            && ScalarLowering.isVectorizable(stage.value(), places(Index.ZERO), PRECISION);
  }

  Lowered lower() {
    int line = LoopBuilder.line(stage.span());
    Index piece = Index.of(4L * lanes);
    Index pieces = Share.pieces(row.size(), piece);
    Index all = Layout.times(rows.count(), pieces);
    Names names = new Names();
    List<Statement> inside = new ArrayList<>();
    inside.add(new Statement.DefineIndex("row", Index.variable("part").dividedBy(pieces)));
    inside.add(
        new Statement.DefineIndex("from", Index.variable("part").remainder(pieces).times(piece)));
    Map<Axis, Index> outside = rows.decode(Index.variable("row"), names, inside);
    inside.add(call(outside));
    return new Lowered(
        new Kernel(
            "Scan",
            LoopBuilder.source(stage.span()),
            line,
            target.vectorBits(),
            streams.parameters(),
            List.of(new Statement.For("part", Share.from(all), Share.to(all), 1, inside, line))),
        streams.buffers());
  }

  private Statement call(Map<Axis, Index> outside) {
    Index from = Index.variable("from");
    List<Index> arguments = new ArrayList<>();
    arguments.add(from);
    arguments.add(from.plus(Index.of(4L * lanes)).minimum(row.size()));
    places(Index.ZERO).outside().forEach(axis -> arguments.add(outside.get(axis)));
    arguments.add(Layout.BATCH);
    arguments.add(Layout.TIME);
    return new Statement.Call(
        procedure(), streams.places(outside), arguments, LoopBuilder.line(stage.span()));
  }

  private RowPlaces places(Index position) {
    return places(position, Index.variable("t"));
  }

  private RowPlaces places(Index position, Index time) {
    return new RowPlaces(streams, Map.of(row.axis(), position, Axis.TIME, time), row.axis());
  }

  private Procedure procedure() {
    Index from = Index.variable("from");
    Index to = Index.variable("to");
    Names names = new Names();
    List<Statement> body = new ArrayList<>();
    if (vector) {
      Index whole = to.minus(from).dividedBy(lanes).times(lanes).plus(from);
      body.add(new Statement.DefineIndex("whole", whole));
      body.add(sums("i", from, Index.variable("whole"), true, names));
      from = Index.variable("whole");
    }
    body.add(sums("j", from, to, false, names));
    List<String> arguments = new ArrayList<>(List.of("from", "to"));
    places(Index.ZERO).outside().forEach(axis -> arguments.add(RowPlaces.argument(axis)));
    arguments.add("batch");
    arguments.add("time");
    return new Procedure("scan", streams.parameters(), arguments, body);
  }

  private Statement sums(String variable, Index from, Index to, boolean asVector, Names names) {
    RowPlaces places = places(Index.variable(variable), step(Index.variable("t" + variable)));
    String sum = "sum" + variable;
    Kind kind = asVector ? Kind.vector(PRECISION) : Kind.scalar(PRECISION);
    Value zero = new Value.Literal(0, Kind.scalar(PRECISION));
    List<Statement> step = new ArrayList<>();
    Value value =
        new ScalarLowering(places, PRECISION, target.real(), asVector, names, step)
            .value(stage.value());
    step.add(
        new Statement.Assign(
            sum, new Value.Binary(BinaryOperation.ADD, new Value.Local(sum, kind), value)));
    step.add(new Statement.Store("out", places.offset(0), stored(new Value.Local(sum, kind))));
    return new Statement.For(
        variable,
        from,
        to,
        asVector ? lanes : 1,
        List.of(
            new Statement.Accumulator(sum, asVector ? new Value.Broadcast(zero) : zero),
            new Statement.For("t" + variable, Index.ZERO, Layout.TIME, 1, step, Procedure.NO_LINE)),
        Procedure.NO_LINE);
  }

  /** The step that comes after so many others. */
  private Index step(Index others) {
    return switch (stage.direction()) {
      case FORWARD -> others;
      case BACKWARD -> Layout.TIME.minus(Index.of(1)).minus(others);
    };
  }

  private Value stored(Value sum) {
    return stage.target().type() == PRECISION
        ? sum
        : new Value.Convert(sum, Kind.scalar(stage.target().type()));
  }
}
