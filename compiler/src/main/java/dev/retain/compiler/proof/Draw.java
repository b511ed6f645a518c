package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.Algebra;
import dev.retain.compiler.tensor.RecurrenceCall;

/** A point at which forms are compared. */
interface Draw<N> {
  Algebra<N> algebra();

  N input(RecurrenceCall.Input input);

  N state();

  /** How many steps were made before a block in the midst of a sequence. */
  N position();

  /** One of so many rows of a table. */
  int row(int rows);

  /** Whether both are the same, as far as the numbers tell. */
  boolean same(N left, N right);

  boolean isUndefined(N number);
}
