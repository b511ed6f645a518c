package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.BufferParameter;
import dev.retain.compiler.loops.Index;
import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.Kind;
import dev.retain.compiler.loops.Procedure;
import dev.retain.compiler.loops.Statement;
import dev.retain.compiler.loops.Value;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Loop programs by hand, for one element type and one width (0: scalar). */
record Programs(ElementType element, int bits) {
  static final String SOURCE = "hand.ret";
  static final Index I = Index.variable("i");
  static final Index TIME = Index.variable("time");

  Kind scalar() {
    return Kind.scalar(element);
  }

  /** The widest kind of this width: a vector, or one number in a scalar program. */
  Kind wide() {
    return bits == 0 ? scalar() : Kind.vector(element);
  }

  int lanes() {
    return bits == 0 ? 1 : bits / (8 * element.bytes());
  }

  BufferParameter buffer(String name) {
    return new BufferParameter(name, element);
  }

  Value load(String buffer, Index at, Kind kind) {
    return new Value.Load(buffer, at, kind);
  }

  Kernel kernel(String name, List<String> buffers, Statement... body) {
    return new Kernel(
        name, SOURCE, 7, bits, buffers.stream().map(this::buffer).toList(), Arrays.asList(body));
  }

  /** What one element of a row becomes, built for a vector as for one number. */
  interface Elementwise {
    Value of(Index at, Kind kind);
  }

  /** {@code y[i] = value(i)} for all i below time: vectors, then the rest one by one. */
  Kernel row(String name, List<String> inputs, Elementwise value) {
    List<String> buffers = new ArrayList<>(inputs);
    buffers.add("y");
    Index whole = TIME.dividedBy(lanes()).times(lanes());
    return kernel(
        name,
        buffers,
        new Statement.DefineIndex("whole", whole),
        new Statement.For(
            "i",
            Index.ZERO,
            Index.variable("whole"),
            lanes(),
            List.of(new Statement.Store("y", I, value.of(I, wide()))),
            8),
        new Statement.For(
            "r",
            Index.variable("whole"),
            TIME,
            1,
            List.of(
                new Statement.Store(
                    "y", Index.variable("r"), value.of(Index.variable("r"), scalar()))),
            9));
  }

  /**
   * {@code c[r, j] += sum over k of a[k, r] b[k, j]} for a tile of {@code rows} by {@code columns}
   * vectors; a and b are packed, c has rows of {@code stride} elements.
   */
  Procedure tile(int rows, int columns) {
    Index stride = Index.variable("stride");
    List<Statement> body = new ArrayList<>();
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < columns; j++) {
        body.add(
            new Statement.Accumulator(
                "c" + r + "_" + j, load("c", stride.times(r).plus(Index.of(j * lanes())), wide())));
      }
    }
    List<Statement> step = new ArrayList<>();
    Index k = Index.variable("k");
    for (int j = 0; j < columns; j++) {
      step.add(
          new Statement.Define(
              "b" + j, load("b", k.times(columns * lanes()).plus(Index.of(j * lanes())), wide())));
    }
    for (int r = 0; r < rows; r++) {
      Value one = load("a", k.times(rows).plus(Index.of(r)), scalar());
      step.add(new Statement.Define("a" + r, bits == 0 ? one : new Value.Broadcast(one)));
      for (int j = 0; j < columns; j++) {
        String c = "c" + r + "_" + j;
        step.add(
            new Statement.Assign(
                c,
                new Value.MultiplyAdd(
                    new Value.Local("a" + r, wide()),
                    new Value.Local("b" + j, wide()),
                    new Value.Local(c, wide()))));
      }
    }
    body.add(new Statement.For("k", Index.ZERO, Index.variable("depth"), 1, step, 11));
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < columns; j++) {
        body.add(
            new Statement.Store(
                "c",
                stride.times(r).plus(Index.of(j * lanes())),
                new Value.Local("c" + r + "_" + j, wide())));
      }
    }
    return new Procedure(
        "tile%dx%d".formatted(rows, columns),
        List.of(buffer("a"), buffer("b"), buffer("c")),
        List.of("depth", "stride"),
        body);
  }

  /**
   * C += A B for a batch of rows by {@code columns} of {@code depth}: the tile over packed panels.
   * {@code batch} is the number of row panels and {@code time} the depth.
   */
  Kernel multiply(int rows, int columns, int panels) {
    int width = columns * lanes();
    Index row = Index.variable("row");
    Index panel = Index.variable("panel");
    return kernel(
        "multiply%dx%dx%d".formatted(rows, columns, panels),
        List.of("a", "b", "c"),
        new Statement.For(
            "panel",
            Index.ZERO,
            Index.of(panels),
            1,
            List.of(
                new Statement.For(
                    "row",
                    Index.ZERO,
                    Index.variable("batch"),
                    1,
                    List.of(
                        new Statement.Call(
                            tile(rows, columns),
                            List.of(
                                new Statement.Place("a", row.times(TIME).times(rows)),
                                new Statement.Place("b", panel.times(TIME).times(width)),
                                new Statement.Place(
                                    "c",
                                    row.times((long) rows * panels * width)
                                        .plus(panel.times(width)))),
                            List.of(TIME, Index.of((long) panels * width)),
                            14)),
                    13)),
            12));
  }

  /** {@code y[0] = the sum of x[i] x[i]} by one accumulator, lanes last. */
  Kernel sumOfSquares() {
    Value x = load("x", I, wide());
    Value sum = new Value.Local("sum", wide());
    return kernel(
        "sum",
        List.of("x", "y"),
        new Statement.Accumulator("sum", new Value.Literal(0, wide())),
        new Statement.For(
            "i",
            Index.ZERO,
            TIME,
            lanes(),
            List.of(new Statement.Assign("sum", new Value.MultiplyAdd(x, x, sum))),
            8),
        new Statement.Store(
            "y",
            Index.ZERO,
            bits == 0 ? sum : new Value.ReduceLanes(Value.BinaryOperation.ADD, sum)));
  }

  /** Every combination that generated code comes in. */
  static List<Programs> all() {
    return IntStream.of(512, 256, 128, 0)
        .boxed()
        .flatMap(bits ->
            List.of(ElementType.F32, ElementType.F64).stream()
                .map(element -> new Programs(element, bits)))
        .toList();
  }
}
