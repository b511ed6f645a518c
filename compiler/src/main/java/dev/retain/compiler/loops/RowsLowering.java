package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several stages, one after the other for each row; rows are shared out among the workers. */
final class RowsLowering {
  private final Stage.Rows stage;
  private final Target target;
  private final Map<Buffer, String> names = new LinkedHashMap<>();

  RowsLowering(Stage.Rows stage, Target target) {
    this.stage = stage;
    this.target = target;
    stage.targets().forEach(this::name);
  }

  private String name(Buffer buffer) {
    return names.computeIfAbsent(buffer, _ -> "b" + names.size());
  }

  Lowered lower() {
    Nest rows =
        new Nest(
            stage.rows().stream().map(axis -> new Nest.Loop(Layout.size(axis), axis)).toList());
    Names locals = new Names();
    String row = locals.fresh("row");
    List<Statement> inside = new ArrayList<>();
    Map<Axis, Index> outside = rows.decode(Index.variable(row), locals, inside);
    for (Stage.Single member : stage.members()) {
      inside.addAll(
          switch (member) {
            case Stage.Pointwise pointwise ->
                PointwiseLowering.inRows(pointwise, stage.rows(), target)
                    .row(outside, this::name, locals);
            case Stage.Reduce reduce ->
                ReduceLowering.inRows(reduce, stage.rows(), target)
                    .row(outside, this::name, locals);
            default -> throw new IllegalStateException("no row by row: " + member);
          });
    }
    Statement loop =
        new Statement.For(
            row,
            Share.from(rows.count()),
            Share.to(rows.count()),
            1,
            inside,
            LoopBuilder.line(stage.span()));
    List<Buffer> buffers = List.copyOf(names.keySet());
    return new Lowered(
        new Kernel(
            "Rows",
            LoopBuilder.source(stage.span()),
            LoopBuilder.line(stage.span()),
            target.vectorBits(),
            buffers.stream()
                .map(buffer -> new BufferParameter(name(buffer), buffer.type()))
                .toList(),
            List.of(loop)),
        buffers);
  }
}
