package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.loops.Value.BinaryOperation;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums and maxima of neighbours in the target at once, where what is reduced does not lie side by
 * side: each lane of a vector is an element of the target, and pieces of rows are shared out.
 */
final class ColumnReduceLowering {
  private static final Axis SINGLE = Axis.of("single", 1);
  private static final int VECTORS = 4;

  private final Stage.Reduce stage;
  private final Target target;
  private final Streams streams;
  private final Nest rows;
  private final Nest.Loop row;
  private final Nest reduced;
  private final int lanes;
  private final BinaryOperation operation;

  /**
   * @param parts the axes that rows are numbered along first
   */
  ColumnReduceLowering(Stage.Reduce stage, List<Axis> parts, Target target) {
    this.stage = stage;
    this.target = target;
    this.streams = new Streams(stage.target(), stage.value());
    List<Axis> axes = new ArrayList<>(stage.target().axes());
    axes.removeAll(parts);
    Nest all = Nest.of(axes, streams);
    Nest around = Nest.of(parts, streams);
    this.rows = all.isEmpty() ? around : around.with(all.withoutInnermost());
    this.row = all.isEmpty() ? new Nest.Loop(Index.ONE, SINGLE) : all.innermost();
    this.reduced = Nest.of(stage.over(), streams);
    this.lanes = target.lanes(stage.precision());
    this.operation = ReduceLowering.operation(stage.reduction());
  }

  /** Whether the elements of the target's rows can be made as vectors. */
  boolean hasVectors() {
    return lanes > 1
        && row.axis() != SINGLE
        && stage.target().type() == stage.precision()
        && streams.stride(0, row.axis()).equals(Index.ONE)
        && ScalarLowering.isVectorizable(stage.value(), places(Index.ZERO), stage.precision());
  }

  Lowered lower() {
    int line = LoopBuilder.line(stage.span());
    Index piece = Index.of((long) VECTORS * lanes);
    Index pieces = Share.pieces(row.size(), piece);
    Index all = Layout.times(rows.count(), pieces);
    List<Statement> inside = new ArrayList<>();
    inside.add(new Statement.DefineIndex("row", Index.variable("part").dividedBy(pieces)));
    inside.add(
        new Statement.DefineIndex("from", Index.variable("part").remainder(pieces).times(piece)));
    Map<Axis, Index> outside = rows.decode(Index.variable("row"), new Names(), inside);
    inside.add(call(outside, Index.variable("from").plus(piece).minimum(row.size())));
    return new Lowered(
        new Kernel(
            "Reduce",
            LoopBuilder.source(stage.span()),
            line,
            target.vectorBits(),
            streams.parameters(),
            List.of(new Statement.For("part", Share.from(all), Share.to(all), 1, inside, line))),
        streams.buffers());
  }

  private Statement call(Map<Axis, Index> outside, Index to) {
    List<Index> arguments = new ArrayList<>(List.of(Index.variable("from"), to));
    places(Index.ZERO).outside().forEach(axis -> arguments.add(outside.get(axis)));
    arguments.add(Layout.BATCH);
    arguments.add(Layout.TIME);
    return new Statement.Call(
        procedure(), streams.places(outside), arguments, LoopBuilder.line(stage.span()));
  }

  private RowPlaces places(Index position) {
    Map<Axis, Index> inside = new LinkedHashMap<>();
    inside.put(row.axis(), position);
    String suffix = position instanceof Index.Variable(String name) ? name : "";
    for (int i = 0; i < reduced.loops().size(); i++) {
      inside.put(reduced.loops().get(i).axis(), Index.variable(variable(i, suffix)));
    }
    return new RowPlaces(streams, inside, row.axis());
  }

  private static String variable(int depth, String suffix) {
    return "r" + depth + suffix;
  }

  private Procedure procedure() {
    Names names = new Names();
    Index whole = Index.variable("whole");
    Index from = Index.variable("from");
    Index to = Index.variable("to");
    List<String> arguments = new ArrayList<>(List.of("from", "to"));
    places(Index.ZERO).outside().forEach(axis -> arguments.add(RowPlaces.argument(axis)));
    arguments.add("batch");
    arguments.add("time");
    return new Procedure(
        "columns",
        streams.parameters(),
        arguments,
        List.of(
            new Statement.DefineIndex(
                "whole", to.minus(from).dividedBy(lanes).times(lanes).plus(from)),
            elements("i", from, whole, true, names),
            elements("j", whole, to, false, names)));
  }

  private Statement elements(String variable, Index from, Index to, boolean asVector, Names names) {
    RowPlaces places = places(Index.variable(variable));
    String total = "total" + variable;
    Value start =
        new Value.Literal(
            stage.reduction() == Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY,
            Kind.scalar(stage.precision()));
    List<Statement> body = new ArrayList<>();
    Value value =
        new ScalarLowering(places, stage.precision(), target.real(), asVector, names, body)
            .value(stage.value());
    Value local = new Value.Local(total, value.kind());
    body.add(new Statement.Assign(total, new Value.Binary(operation, local, value)));
    for (int i = reduced.loops().size() - 1; i >= 0; i--) {
      body =
          List.of(
              new Statement.For(
                  variable(i, variable),
                  Index.ZERO,
                  reduced.loops().get(i).size(),
                  1,
                  body,
                  Procedure.NO_LINE));
    }
    List<Statement> element = new ArrayList<>();
    element.add(new Statement.Accumulator(total, asVector ? new Value.Broadcast(start) : start));
    element.addAll(body);
    element.add(new Statement.Store("out", places.offset(0), local));
    return new Statement.For(variable, from, to, asVector ? lanes : 1, element, Procedure.NO_LINE);
  }
}
