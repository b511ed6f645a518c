package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies pieces of a matrix's rows, each times a factor of its own, to where tiles find them side
 * by side.
 *
 * @param source the type of the matrix
 * @param real the type of the copy
 * @param factors the buffers that the factor reads, and others
 */
record RowCopies(
    ElementType source,
    ElementType real,
    int lanes,
    RowFactor factor,
    List<BufferParameter> factors) {
  /** So many vectors in one turn. */
  private static final int MANY = 4;

  Procedure procedure() {
    List<BufferParameter> buffers = new ArrayList<>();
    buffers.add(new BufferParameter("to", real));
    buffers.add(new BufferParameter("from", source));
    buffers.addAll(factors);
    List<String> arguments = new ArrayList<>(List.of("rows", "count", "toRow", "fromRow"));
    factors.forEach(buffer -> arguments.add(buffer.name() + "Row"));
    List<Statement> body = new ArrayList<>();
    Index end = Index.ZERO;
    for (int width : widths()) {
      String name = "end" + width;
      body.add(
          new Statement.DefineIndex(
              name, Index.variable("count").minus(end).dividedBy(width).times(width).plus(end)));
      end = Index.variable(name);
    }
    body.add(
        new Statement.For("row", Index.ZERO, Index.variable("rows"), 1, row(), Procedure.NO_LINE));
    return new Procedure("copyRows", buffers, arguments, body);
  }

  /** How many elements a turn copies, from wide to narrow. */
  private List<Integer> widths() {
    return lanes == 1 ? List.of(1) : List.of(MANY * lanes, lanes, 1);
  }

  private List<Statement> row() {
    List<Statement> row = new ArrayList<>();
    Value one = factor.isOne() ? null : factor.lowered(row);
    Value all = one;
    if (one != null && lanes > 1) {
      row.add(new Statement.Define("factors", new Value.Broadcast(one)));
      all = new Value.Local("factors", Kind.vector(real));
    }
    Index from = Index.ZERO;
    for (int width : widths()) {
      String step = "step" + width;
      List<Statement> copies = new ArrayList<>();
      boolean vectors = width > 1;
      for (int v = 0; v < width; v += vectors ? lanes : 1) {
        copies.add(copy(Index.variable(step).plus(Index.of(v)), vectors, vectors ? all : one));
      }
      Index to = Index.variable("end" + width);
      row.add(new Statement.For(step, from, to, width, copies, Procedure.NO_LINE));
      from = to;
    }
    return row;
  }

  private Statement copy(Index place, boolean vector, Value times) {
    Kind kind = vector ? Kind.vector(real) : Kind.scalar(real);
    Index row = Index.variable("row");
    Value value = new Value.Load("from", row.times(Index.variable("fromRow")).plus(place), kind);
    return new Statement.Store(
        "to",
        row.times(Index.variable("toRow")).plus(place),
        times == null ? value : new Value.Binary(Value.BinaryOperation.MULTIPLY, value, times));
  }
}
