package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Coordinate;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.loops.Value.BinaryOperation;
import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows added up at the places that their indexes name. Each worker has columns of its own and goes
 * through all rows in order, so sums do not depend on how many workers there are.
 */
final class SumsLowering {
  private static final Axis SINGLE = Axis.of("single", 1);
  private static final int OUT = 0;
  private static final int VALUE = 1;
  private static final int VECTORS = 4;

  private final Stage.Sums stage;
  private final Target target;
  private final Streams streams;
  private final Nest around;
  private final Nest.Loop columns;
  private final Nest rows;
  private final int lanes;

  SumsLowering(Stage.Sums stage, Target target) {
    this.stage = stage;
    this.target = target;
    this.streams =
        new Streams(
            stage.target(),
            new Scalar.Element(
                stage.value().buffer(),
                stage.value().axes().stream().<Coordinate>map(Coordinate.Along::new).toList()));
    Nest rest = Nest.of(stage.target().axes().subList(1, stage.target().axes().size()), streams);
    this.around = rest.isEmpty() ? rest : rest.withoutInnermost();
    this.columns = rest.isEmpty() ? new Nest.Loop(Index.ONE, SINGLE) : rest.innermost();
    this.rows = Nest.of(stage.index().axes(), streams);
    this.lanes = hasVectors() ? target.lanes(stage.target().type()) : 1;
  }

  private boolean hasVectors() {
    return stage.value().buffer().type() == stage.target().type()
        && streams.stride(OUT, columns.axis()).equals(Index.ONE)
        && streams.stride(VALUE, columns.axis()).equals(Index.ONE);
  }

  Lowered lower() {
    int line = LoopBuilder.line(stage.span());
    Index piece = Index.of((long) VECTORS * target.lanes(stage.target().type()));
    Index pieces = Share.pieces(columns.size(), piece);
    Index all = Layout.times(around.count(), pieces);
    List<Statement> inside = new ArrayList<>();
    Index from = Index.variable("part").remainder(pieces).times(piece);
    inside.add(new Statement.DefineIndex("from", from));
    Index to = Index.variable("from").plus(piece).minimum(columns.size());
    inside.add(new Statement.DefineIndex("count", to.minus(Index.variable("from"))));
    inside.add(new Statement.DefineIndex("outer", Index.variable("part").dividedBy(pieces)));
    Map<Axis, Index> at = new LinkedHashMap<>();
    at.put(columns.axis(), Index.variable("from"));
    Names names = new Names();
    at.putAll(around.decode(variable("outer"), names, inside));
    Index start = streams.place(OUT, at);
    inside.add(loop("number", Layout.size(stage.axis()), List.of(clear(start, line)), line));
    List<Statement> each = new ArrayList<>();
    each.add(
        new Statement.DefineIndex("number_of_row", new Index.Element("index", variable("row"))));
    at.putAll(rows.decode(variable("row"), names, each));
    each.add(add(start, at, line));
    inside.add(loop("row", Layout.size(stage.index().axes()), each, line));
    return new Lowered(
        new Kernel(
            "Sums",
            LoopBuilder.source(stage.span()),
            line,
            target.vectorBits(),
            List.of(
                new BufferParameter("out", stage.target().type()),
                new BufferParameter("value", stage.value().buffer().type()),
                new BufferParameter("index", stage.index().type())),
            List.of(new Statement.For("part", Share.from(all), Share.to(all), 1, inside, line))),
        List.of(stage.target(), stage.value().buffer(), stage.index()));
  }

  private static Index variable(String name) {
    return Index.variable(name);
  }

  private static Statement loop(String variable, Index size, List<Statement> body, int line) {
    return new Statement.For(variable, Index.ZERO, size, 1, body, line);
  }

  private Index rowOf(String number) {
    return variable(number).times(streams.stride(OUT, stage.axis()));
  }

  private Statement clear(Index start, int line) {
    Kind one = Kind.scalar(stage.target().type());
    Value zero = new Value.Literal(0, one);
    Procedure clear =
        new Procedure(
            "clear",
            List.of(new BufferParameter("out", stage.target().type())),
            List.of("count"),
            elements((at, vector) ->
                List.of(
                    new Statement.Store("out", at, vector ? new Value.Broadcast(zero) : zero))));
    return new Statement.Call(
        clear,
        List.of(new Statement.Place("out", start.plus(rowOf("number")))),
        List.of(variable("count")),
        line);
  }

  private Statement add(Index start, Map<Axis, Index> at, int line) {
    Procedure add =
        new Procedure(
            "add",
            List.of(
                new BufferParameter("out", stage.target().type()),
                new BufferParameter("value", stage.value().buffer().type())),
            List.of("count"),
            elements((place, vector) -> {
              Kind kind =
                  vector ? Kind.vector(stage.target().type()) : Kind.scalar(stage.target().type());
              return List.of(
                  new Statement.Store(
                      "out",
                      place,
                      new Value.Binary(
                          BinaryOperation.ADD,
                          new Value.Load("out", place, kind),
                          new Value.Load("value", stride(VALUE, place), kind))));
            }));
    return new Statement.Call(
        add,
        List.of(
            new Statement.Place("out", start.plus(rowOf("number_of_row"))),
            new Statement.Place("value", streams.place(VALUE, at))),
        List.of(variable("count")),
        line);
  }

  private Index stride(int stream, Index place) {
    return Layout.times(place, streams.stride(stream, columns.axis()));
  }

  private interface Element {
    List<Statement> at(Index place, boolean vector);
  }

  private List<Statement> elements(Element element) {
    Index count = variable("count");
    List<Statement> body = new ArrayList<>();
    Index whole = Index.ZERO;
    if (lanes > 1) {
      body.add(new Statement.DefineIndex("whole", count.dividedBy(lanes).times(lanes)));
      whole = variable("whole");
      body.add(
          new Statement.For(
              "i", Index.ZERO, whole, lanes, element.at(variable("i"), true), Procedure.NO_LINE));
    }
    body.add(
        new Statement.For(
            "j", whole, count, 1, element.at(variable("j"), false), Procedure.NO_LINE));
    return body;
  }
}
