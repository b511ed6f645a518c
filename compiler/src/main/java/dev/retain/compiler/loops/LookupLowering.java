package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Coordinate;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.List;

/** Rows of a table by number: each index's row is copied by one worker. */
final class LookupLowering {
  private final Stage.Lookup stage;
  private final Target target;

  LookupLowering(Stage.Lookup stage, Target target) {
    this.stage = stage;
    this.target = target;
  }

  Lowered lower() {
    Buffer table = stage.table();
    List<Axis> rest = table.axes().stream().filter(a -> !a.equals(stage.axis())).toList();
    Streams streams = new Streams(stage.target(), element(table));
    Nest copied = Nest.of(rest, streams);
    Index number = new Index.Element("index", Index.variable("row"));
    Index rowSize = Layout.size(rest);
    int line = LoopBuilder.line(stage.span());
    Procedure copy = copy(streams, copied);
    List<Statement> body =
        List.of(
            new Statement.DefineIndex("number", number),
            new Statement.Call(
                copy,
                List.of(
                    new Statement.Place("out", Layout.times(Index.variable("row"), rowSize)),
                    new Statement.Place(
                        "table", Index.variable("number").times(streams.stride(1, stage.axis())))),
                List.of(),
                line));
    Index rows = Layout.size(stage.index().axes());
    return new Lowered(
        new Kernel(
            "Lookup",
            LoopBuilder.source(stage.span()),
            line,
            target.vectorBits(),
            List.of(
                new BufferParameter("out", stage.target().type()),
                new BufferParameter("table", table.type()),
                new BufferParameter("index", stage.index().type())),
            List.of(new Statement.For("row", Share.from(rows), Share.to(rows), 1, body, line))),
        List.of(stage.target(), table, stage.index()));
  }

  private static Scalar.Element element(Buffer table) {
    return new Scalar.Element(
        table, table.axes().stream().<Coordinate>map(Coordinate.Along::new).toList());
  }

  private Procedure copy(Streams streams, Nest copied) {
    List<Statement> body = new ArrayList<>();
    Index from = Index.ZERO;
    Index to = Index.ZERO;
    for (int i = 0; i < copied.loops().size(); i++) {
      Axis axis = copied.loops().get(i).axis();
      to = to.plus(streams.offset(0, axis, Index.variable("i" + i)));
      from = from.plus(streams.offset(1, axis, Index.variable("i" + i)));
    }
    body.add(
        new Statement.Store(
            "out", to, new Value.Load("table", from, Kind.scalar(stage.target().type()))));
    for (int i = copied.loops().size() - 1; i >= 0; i--) {
      body =
          new ArrayList<>(
              List.of(
                  new Statement.For(
                      "i" + i,
                      Index.ZERO,
                      copied.loops().get(i).size(),
                      1,
                      body,
                      Procedure.NO_LINE)));
    }
    return new Procedure(
        "copy",
        List.of(
            new BufferParameter("out", stage.target().type()),
            new BufferParameter("table", stage.table().type())),
        List.of(),
        body);
  }
}
