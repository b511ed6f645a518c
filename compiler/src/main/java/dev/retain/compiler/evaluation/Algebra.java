package dev.retain.compiler.evaluation;

import dev.retain.compiler.tensor.Function;
import java.util.List;

/**
 * The numbers that a graph is evaluated in, and what its functions mean there.
 *
 * @param <N> a number
 */
public interface Algebra<N> {
  /** The number that a graph writes as this literal, or as a position along an axis. */
  N number(double value);

  N add(N left, N right);

  N multiply(N left, N right);

  /** Any pointwise function, of as many operands as it takes; does not keep the list. */
  N apply(Function function, List<N> operands);

  /** Which element of a table the number stands for. */
  int index(N number);
}
