package dev.retain.compiler.loops;

import java.util.List;

/** One statement of a loop program. Every name is defined once in a procedure. */
public sealed interface Statement {
  /**
   * {@code for (int variable = from; variable < to; variable += step)}; the source line's number.
   */
  record For(String variable, Index from, Index to, int step, List<Statement> body, int line)
      implements Statement {
    public For {
      body = List.copyOf(body);
    }
  }

  /** {@code if (left < right) then else otherwise}. */
  record IfLess(Index left, Index right, List<Statement> then, List<Statement> otherwise)
      implements Statement {
    public IfLess {
      then = List.copyOf(then);
      otherwise = List.copyOf(otherwise);
    }
  }

  record DefineIndex(String name, Index value) implements Statement {}

  record Define(String name, Value value) implements Statement {}

  /** A local that {@link Assign} may change. */
  record Accumulator(String name, Value initial) implements Statement {}

  record Assign(String name, Value value) implements Statement {}

  /**
   * Writes one element or a vector. A scalar is converted to the buffer's element type where they
   * differ.
   */
  record Store(String buffer, Index element, Value value) implements Statement {}

  /** Runs a procedure on places inside buffers; no vector is alive across the call. */
  record Call(Procedure procedure, List<Place> places, List<Index> arguments, int line)
      implements Statement {
    public Call {
      places = List.copyOf(places);
      arguments = List.copyOf(arguments);
    }
  }

  /** The element of a buffer that a procedure sees as its element 0. */
  record Place(String buffer, Index element) {}
}
