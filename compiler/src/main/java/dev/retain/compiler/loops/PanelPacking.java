package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;

/** Copies pieces of matrices into panels, in which a tile finds what it reads side by side. */
final class PanelPacking {
  private final ElementType source;
  private final ElementType real;
  private final int lanes;

  /**
   * @param source the type of what is packed
   * @param real the type of panels
   */
  PanelPacking(ElementType source, ElementType real, int lanes) {
    this.source = source;
    this.real = real;
    this.lanes = lanes;
  }

  private List<BufferParameter> buffers() {
    return List.of(new BufferParameter("panel", real), new BufferParameter("from", source));
  }

  /** A panel of whole vectors from a matrix in which they lie as such, {@code step} apart. */
  Procedure vectors(int count) {
    Kind kind = lanes == 1 ? Kind.scalar(real) : Kind.vector(real);
    Index k = Index.variable("k");
    List<Statement> step = new ArrayList<>();
    for (int v = 0; v < count; v++) {
      Index place = Index.of((long) v * lanes);
      step.add(
          new Statement.Store(
              "panel",
              k.times((long) count * lanes).plus(place),
              new Value.Load("from", k.times(Index.variable("step")).plus(place), kind)));
    }
    return new Procedure(
        "pack" + count,
        buffers(),
        List.of("step", "steps"),
        List.of(
            new Statement.For(
                "k", Index.ZERO, Index.variable("steps"), 1, step, Procedure.NO_LINE)));
  }

  /** A panel of whole vectors, each of which begins somewhere else. */
  Procedure apart(int count) {
    Kind kind = lanes == 1 ? Kind.scalar(real) : Kind.vector(real);
    Index k = Index.variable("k");
    List<BufferParameter> buffers = new ArrayList<>(List.of(new BufferParameter("panel", real)));
    List<Statement> step = new ArrayList<>();
    for (int v = 0; v < count; v++) {
      buffers.add(new BufferParameter("from" + v, source));
      step.add(
          new Statement.Store(
              "panel",
              k.times((long) count * lanes).plus(Index.of((long) v * lanes)),
              new Value.Load("from" + v, k.times(Index.variable("step")), kind)));
    }
    return new Procedure(
        "packApart" + count,
        buffers,
        List.of("step", "steps"),
        List.of(
            new Statement.For(
                "k", Index.ZERO, Index.variable("steps"), 1, step, Procedure.NO_LINE)));
  }

  /**
   * A vector's columns of a panel from a matrix in which steps lie side by side: blocks of as many
   * steps as lanes, turned over in registers.
   */
  Procedure transposed() {
    Kind kind = Kind.vector(real);
    Index k = Index.variable("k");
    List<Statement> block = new ArrayList<>();
    List<Value> vectors = new ArrayList<>();
    for (int i = 0; i < lanes; i++) {
      Index place = Index.of(i).times(Index.variable("column")).plus(k);
      vectors.add(defined("x" + i, new Value.Load("from", place, kind), block));
    }
    for (int distance = lanes / 2; distance > 0; distance /= 2) {
      for (int i = 0; i < lanes; i++) {
        if ((i & distance) == 0) {
          exchange(vectors, i, distance, block);
        }
      }
    }
    for (int i = 0; i < lanes; i++) {
      Index place = k.plus(Index.of(i)).times(Index.variable("pitch"));
      block.add(new Statement.Store("panel", place, vectors.get(i)));
    }
    return new Procedure(
        "packTransposed",
        buffers(),
        List.of("column", "steps", "pitch"),
        List.of(
            new Statement.For(
                "k", Index.ZERO, Index.variable("steps"), lanes, block, Procedure.NO_LINE)));
  }

  /** Two vectors give each other the half of their lanes in which the other has its own. */
  private static void exchange(
      List<Value> vectors, int i, int distance, List<Statement> statements) {
    Value first = vectors.get(i);
    Value second = vectors.get(i + distance);
    String name = "d" + distance + "_";
    vectors.set(
        i,
        defined(
            name + i,
            new Value.MergeLanes(first, new Value.ExchangeLanes(second, distance), distance),
            statements));
    vectors.set(
        i + distance,
        defined(
            name + (i + distance),
            new Value.MergeLanes(new Value.ExchangeLanes(first, distance), second, distance),
            statements));
  }

  private static Value defined(String name, Value value, List<Statement> statements) {
    statements.add(new Statement.Define(name, value));
    return new Value.Local(name, value.kind());
  }

  /** {@code count} columns of a panel one element at a time, and zeros up to its width. */
  Procedure elements() {
    Index k = Index.variable("k");
    Index count = Index.variable("count");
    Index inRow = k.times(Index.variable("width"));
    Kind one = Kind.scalar(real);
    Value element =
        new Value.Load(
            "from",
            Index.variable("j")
                .times(Index.variable("column"))
                .plus(k.times(Index.variable("step"))),
            one);
    Statement copies =
        new Statement.For(
            "j",
            Index.ZERO,
            count,
            1,
            List.of(new Statement.Store("panel", inRow.plus(Index.variable("j")), element)),
            Procedure.NO_LINE);
    Statement zeros =
        new Statement.For(
            "rest",
            count,
            Index.variable("width"),
            1,
            List.of(
                new Statement.Store(
                    "panel", inRow.plus(Index.variable("rest")), new Value.Literal(0, one))),
            Procedure.NO_LINE);
    return new Procedure(
        "packElements",
        buffers(),
        List.of("step", "steps", "column", "count", "width"),
        List.of(
            new Statement.For(
                "k",
                Index.ZERO,
                Index.variable("steps"),
                1,
                List.of(copies, zeros),
                Procedure.NO_LINE)));
  }
}
