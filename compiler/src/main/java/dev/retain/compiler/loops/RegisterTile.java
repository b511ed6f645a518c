package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;

/**
 * What a tile of a matrix product does: keeps {@code rows x vectors} sums in registers while k
 * runs.
 *
 * @param real the type of the sums
 * @param single whether vectors are single numbers
 * @param steps how far k runs
 * @param more whether the sums are added to what the target holds: at last, since a tile that began
 *     from there would need registers for it all the while
 */
record RegisterTile(
    int rows, int vectors, ElementType real, boolean single, Index steps, boolean more) {
  /** Rows that may be multiplied before the last element is loaded. */
  private static final int MOST_BEFORE_LOADS = 7;

  private static final Index K = Index.variable("k");

  /** Where a tile's matrices have what it reads and fills. */
  interface Places {
    /** The left side's element {@code a} of a row. */
    Index left(int row, Index k);

    /** The right side's vector {@code b}. */
    Index right(int vector, Index k);

    /** The target's vector {@code c}. */
    Index target(int row, int vector);
  }

  List<Statement> statements(Places places) {
    List<Statement> statements = new ArrayList<>();
    Value zero = new Value.Literal(0, one());
    statements.add(new Statement.Define("zero", single ? zero : new Value.Broadcast(zero)));
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < vectors; v++) {
        statements.add(new Statement.Accumulator(sum(r, v), new Value.Local("zero", kind())));
      }
    }
    statements.add(new Statement.For("k", Index.ZERO, steps, 1, step(places), Procedure.NO_LINE));
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < vectors; v++) {
        Index place = places.target(r, v);
        Value made = new Value.Local(sum(r, v), kind());
        Value before = new Value.Load("c", place, kind());
        statements.add(
            new Statement.Store(
                "c",
                place,
                more ? new Value.Binary(Value.BinaryOperation.ADD, before, made) : made));
      }
    }
    return statements;
  }

  private List<Statement> step(Places places) {
    List<Statement> step = new ArrayList<>();
    for (int v = 0; v < vectors; v++) {
      Value load = new Value.Load("b", places.right(v, K), kind());
      step.add(new Statement.Define("b" + v, load));
    }
    // The JVM calls a method for a number that is loaded late: see docs/loops.md.
    int ahead = Math.max(1, rows - MOST_BEFORE_LOADS);
    for (int r = 0; r < ahead; r++) {
      step.add(element(r, places));
    }
    for (int r = 0; r < rows; r++) {
      if (r + ahead < rows) {
        step.add(element(r + ahead, places));
      }
      Value element = new Value.Local("a" + r, one());
      step.add(new Statement.Define("x" + r, single ? element : new Value.Broadcast(element)));
      for (int v = 0; v < vectors; v++) {
        step.add(
            new Statement.Assign(
                sum(r, v),
                new Value.MultiplyAdd(
                    new Value.Local("x" + r, kind()),
                    new Value.Local("b" + v, kind()),
                    new Value.Local(sum(r, v), kind()))));
      }
    }
    return step;
  }

  private Statement element(int row, Places places) {
    return new Statement.Define("a" + row, new Value.Load("a", places.left(row, K), one()));
  }

  private Kind one() {
    return Kind.scalar(real);
  }

  private Kind kind() {
    return single ? one() : Kind.vector(real);
  }

  private static String sum(int row, int vector) {
    return "sum" + row + "_" + vector;
  }
}
