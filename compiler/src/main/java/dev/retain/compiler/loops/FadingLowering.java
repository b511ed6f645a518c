package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.loops.Value.BinaryOperation;
import dev.retain.compiler.loops.Value.Relation;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores that fade by a factor of each channel. The lanes of a vector are keys that lie beside each
 * other; from their step on they are multiplied with one decay after the other, so a product over a
 * range costs a multiplication for each pair of steps and channel, and is a product whatever the
 * signs and zeros. Some channels at once stay in registers.
 */
final class FadingLowering {
  private static final int CHANNELS = 8;
  private static final String OUT = "out";
  private static final String QUERY = "query";
  private static final String KEY = "key";
  private static final String DECAY = "decay";

  private final Stage.Fading stage;
  private final Target target;
  private final ElementType type;
  private final int lanes;
  private final int line;
  private final List<Axis> around;

  FadingLowering(Stage.Fading stage, Target target) {
    this.stage = stage;
    this.target = target;
    this.type = stage.target().type();
    this.lanes = target.lanes(type);
    this.line = LoopBuilder.line(stage.span());
    this.around = new ArrayList<>(stage.target().axes());
    around.removeAll(List.of(Axis.TIME, Axis.SOURCE));
  }

  Lowered lower() {
    Index whole = Layout.TIME.dividedBy(lanes);
    List<Statement> body = new ArrayList<>();
    body.add(columns("block", Index.ZERO, whole, lanes));
    if (lanes > 1) {
      Index vectors = whole.times(lanes);
      body.add(columns("column", vectors, Layout.TIME.minus(vectors), 1));
    }
    return new Lowered(
        new Kernel(
            "Fading",
            LoopBuilder.source(stage.span()),
            line,
            target.vectorBits(),
            parameters(),
            body),
        List.of(
            stage.target(), stage.query().buffer(), stage.key().buffer(), stage.decay().buffer()));
  }

  private List<BufferParameter> parameters() {
    return List.of(
        new BufferParameter(OUT, type),
        new BufferParameter(QUERY, type),
        new BufferParameter(KEY, type),
        new BufferParameter(DECAY, type));
  }

  /**
   * Keys side by side, so many at a time.
   *
   * @param part the name of the loop's variable
   * @param from the first key
   * @param count how many times
   */
  private Statement columns(String part, Index from, Index count, int width) {
    List<Statement> inside = new ArrayList<>();
    Map<Axis, Index> at = new LinkedHashMap<>();
    Index rest = Index.variable(part);
    inside.add(new Statement.DefineIndex(part + "_turn", rest.remainder(count)));
    inside.add(new Statement.DefineIndex(part + "_rest", rest.dividedBy(count)));
    // Early keys count for more steps than late ones: one of each in turn makes shares equal.
    Index turn = Index.variable(part + "_turn");
    Index half = turn.dividedBy(2);
    Index late = count.minus(Index.ONE).minus(half.times(2));
    Index number = half.plus(turn.remainder(Index.of(2)).times(late));
    inside.add(new Statement.DefineIndex(part + "_key", from.plus(number.times(width))));
    rest = Index.variable(part + "_rest");
    for (int i = around.size() - 1; i >= 0; i--) {
      Index size = Layout.size(around.get(i));
      String name = part + "_at" + i;
      inside.add(new Statement.DefineIndex(name, i == 0 ? rest : rest.remainder(size)));
      at.put(around.get(i), Index.variable(name));
      if (i > 0) {
        inside.add(new Statement.DefineIndex(part + "_rest" + i, rest.dividedBy(size)));
        rest = Index.variable(part + "_rest" + i);
      }
    }
    at.put(Axis.SOURCE, Index.variable(part + "_key"));
    int channels = stage.channel().size();
    int groups = channels / CHANNELS;
    Index key = Index.variable(part + "_key");
    inside.add(call(key, at, Index.ZERO, Math.min(CHANNELS, channels), width, true));
    if (groups > 1) {
      Index first = Index.variable(part + "_group").times(CHANNELS);
      inside.add(
          new Statement.For(
              part + "_group",
              Index.ONE,
              Index.of(groups),
              1,
              List.of(call(key, at, first, CHANNELS, width, false)),
              line));
    }
    if (groups > 0 && channels % CHANNELS != 0) {
      Index first = Index.of((long) groups * CHANNELS);
      inside.add(call(key, at, first, channels % CHANNELS, width, false));
    }
    Index all = Layout.times(Layout.size(around), count);
    return new Statement.For(part, Share.from(all), Share.to(all), 1, inside, line);
  }

  private Statement call(
      Index key, Map<Axis, Index> at, Index channel, int channels, int width, boolean first) {
    Map<Axis, Index> here = new LinkedHashMap<>(at);
    here.put(stage.channel(), channel);
    return new Statement.Call(
        procedure(channels, width, first),
        List.of(
            new Statement.Place(OUT, place(out(), here)),
            new Statement.Place(QUERY, place(stage.query(), here)),
            new Statement.Place(KEY, place(stage.key(), here)),
            new Statement.Place(DECAY, place(stage.decay(), here))),
        List.of(key, Layout.BATCH, Layout.TIME),
        line);
  }

  private Stage.Operand out() {
    return new Stage.Operand(stage.target(), stage.target().axes());
  }

  private static Index place(Stage.Operand operand, Map<Axis, Index> at) {
    Index place = Index.ZERO;
    for (Map.Entry<Axis, Index> position : at.entrySet()) {
      place = place.plus(Layout.times(position.getValue(), stride(operand, position.getKey())));
    }
    return place;
  }

  private static Index stride(Stage.Operand operand, Axis axis) {
    int dimension = operand.axes().indexOf(axis);
    return dimension < 0 ? Index.ZERO : Layout.strides(operand.buffer()).get(dimension);
  }

  /**
   * All steps for the keys.
   *
   * @param first whether these are the first channels, before which nothing is in memory
   */
  private Procedure procedure(int channels, int width, boolean first) {
    Kind kind = width > 1 ? Kind.vector(type) : Kind.scalar(type);
    Index start = Index.variable("start");
    List<Statement> body = new ArrayList<>();
    for (int i = 0; i < channels; i++) {
      Index place = stride(stage.key(), stage.channel()).times(i);
      body.add(new Statement.Accumulator("faded" + i, new Value.Load(KEY, place, kind)));
    }
    if (first) {
      body.add(
          loop(
              "before",
              Index.ZERO,
              start,
              List.of(new Statement.Store(OUT, row("before"), many(zero(), kind)))));
    }
    body.add(new Statement.DefineIndex("after", start.plus(Index.of(width)).minimum(Layout.TIME)));
    body.add(loop("s", start, Index.variable("after"), step("s", channels, kind, first, true)));
    body.add(
        loop("t", Index.variable("after"), Layout.TIME, step("t", channels, kind, first, false)));
    return new Procedure("fade", parameters(), List.of("start", "batch", "time"), body);
  }

  private static Statement loop(String variable, Index from, Index to, List<Statement> body) {
    return new Statement.For(variable, from, to, 1, body, Procedure.NO_LINE);
  }

  private Index row(String step) {
    return Layout.times(Index.variable(step), stride(out(), Axis.TIME));
  }

  private Value zero() {
    return new Value.Literal(0, Kind.scalar(type));
  }

  private static Value many(Value one, Kind kind) {
    return kind.isVector() ? new Value.Broadcast(one) : one;
  }

  /**
   * @param among whether the step is one of the keys' own, so that only earlier ones count
   */
  private List<Statement> step(String step, int channels, Kind kind, boolean first, boolean among) {
    List<Statement> statements = new ArrayList<>();
    if (stage.after()) {
      fade(step, channels, kind, among, statements);
    }
    Value sum = null;
    for (int i = 0; i < channels; i++) {
      Value query = loaded(QUERY, stage.query(), step, i, kind);
      Value faded = new Value.Local("faded" + i, kind);
      sum =
          sum == null
              ? new Value.Binary(BinaryOperation.MULTIPLY, query, faded)
              : new Value.MultiplyAdd(query, faded, sum);
    }
    if (among) {
      Relation counts = stage.after() ? Relation.LESS_OR_EQUAL : Relation.LESS;
      sum = new Value.Select(counts, keys(kind), now(step, kind), sum, many(zero(), kind));
    }
    statements.add(
        new Statement.Store(
            OUT,
            row(step),
            first
                ? sum
                : new Value.Binary(
                    BinaryOperation.ADD, new Value.Load(OUT, row(step), kind), sum)));
    if (!stage.after()) {
      fade(step, channels, kind, among, statements);
    }
    return statements;
  }

  private void fade(
      String step, int channels, Kind kind, boolean among, List<Statement> statements) {
    for (int i = 0; i < channels; i++) {
      String name = "faded" + i;
      Value faded = new Value.Local(name, kind);
      Value less =
          new Value.Binary(
              BinaryOperation.MULTIPLY, faded, loaded(DECAY, stage.decay(), step, i, kind));
      statements.add(
          new Statement.Assign(
              name,
              among
                  ? new Value.Select(Relation.LESS, keys(kind), now(step, kind), less, faded)
                  : less));
    }
  }

  private Value keys(Kind kind) {
    Index start = Index.variable("start");
    return kind.isVector() ? new Value.Lanes(start, kind) : new Value.FromIndex(start, kind);
  }

  private Value now(String step, Kind kind) {
    return many(new Value.FromIndex(Index.variable(step), Kind.scalar(type)), kind);
  }

  private Value loaded(String name, Stage.Operand operand, String step, int channel, Kind kind) {
    Index at =
        Layout.times(Index.variable(step), stride(operand, Axis.TIME))
            .plus(stride(operand, stage.channel()).times(channel));
    return many(new Value.Load(name, at, Kind.scalar(type)), kind);
  }
}
