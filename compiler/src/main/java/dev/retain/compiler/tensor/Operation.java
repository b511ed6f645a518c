package dev.retain.compiler.tensor;

import java.util.List;

/** What a {@link Node} computes. Operands are the numbers of earlier nodes of the same graph. */
public sealed interface Operation {
  record Literal(double value) implements Operation {}

  /** A learned tensor, by its path in the model. */
  record Parameter(String path) implements Operation {}

  /** A stored tensor that is not learned, by its path. */
  record Constant(String path) implements Operation {}

  /**
   * What a run brings: see {@link dev.retain.runtime.program.Inputs} for a model's, the declared
   * names for a recurrence's.
   */
  record Input(String name) implements Operation {}

  /** A state before the step, or in a form's program before the block. */
  record State(String path) implements Operation {}

  /** 0, 1, 2, ... along the axis. */
  record Index(Axis axis) implements Operation {}

  /** A function of each element; operands that lack an axis are repeated along it. */
  record Pointwise(Function function, List<Integer> operands) implements Operation {
    public Pointwise {
      operands = List.copyOf(operands);
      if (operands.size() != function.arity()) {
        throw new IllegalArgumentException(function + " of " + operands.size() + " operands");
      }
    }
  }

  /** The product of both, summed over the given axes, which both have. Other shared axes stay. */
  record Contract(int left, int right, List<Axis> over) implements Operation {
    public Contract {
      over = List.copyOf(over);
    }
  }

  record Reduce(Reduction reduction, int operand, List<Axis> over) implements Operation {
    public Reduce {
      over = List.copyOf(over);
    }
  }

  /** The slice of the table at each index along the axis; the index's axes come first. */
  record Gather(int table, Axis axis, int index) implements Operation {}

  /**
   * For each position along the axis the sum of the values whose index is that position, over all
   * axes of the index: what flows back through a {@link Gather}.
   */
  record Scatter(int value, Axis axis, int index) implements Operation {}

  /**
   * Pairs (2j, 2j+1) along the axis turned by the angle at j along {@code pair}: (x0 cos - x1 sin,
   * x1 cos + x0 sin).
   */
  record Turn(int operand, int angle, Axis axis, Axis pair) implements Operation {}

  /** The same elements with one axis under another name. */
  record Rename(int operand, Axis from, Axis to) implements Operation {}

  /**
   * At each step of a block the sum of the operand over the steps up to and with it; backwards over
   * the steps from it on.
   */
  record CumulativeSum(int operand, Direction direction) implements Operation {}

  /**
   * Products of the operand over a range of steps of a block; of no steps it is 1. Zeros and
   * negative numbers are nothing special: it is a product, never a quotient of products.
   */
  record RangeProduct(int operand, RangeStart from, RangeEnd to) implements Operation {}

  /**
   * {@code X[r] = right[r] + sum over c before r of matrix[r, c] X[c]}: the auxiliary sequence of
   * what is read from a state and written back. Backwards it is the system of the transposed
   * matrix: {@code X[r] = right[r] + sum over c after r of matrix[c, r] X[c]}.
   *
   * @param rows time, and an axis of values within a step if there is more than one
   * @param columns source, and an axis as long as the rows' further one; c is before r in the order
   *     of all values of one step after those of the steps before it
   */
  record Solve(int matrix, int right, List<Axis> rows, List<Axis> columns, Direction direction)
      implements Operation {
    public Solve {
      rows = List.copyOf(rows);
      columns = List.copyOf(columns);
    }
  }

  /**
   * The operand itself, except while a model is trained: then each of its numbers is set to 0 with
   * the probability {@code rate}, and divided by {@code 1 - rate} otherwise. {@link Dropouts} turns
   * it into one or the other.
   *
   * @param site the number of this use in the model, so that no two draw alike
   */
  record Dropout(int operand, double rate, int site) implements Operation {
    public Dropout {
      if (!(rate > 0 && rate < 1)) {
        throw new IllegalArgumentException("dropout with the rate " + rate);
      }
    }
  }

  /** The result of a recurrence at this step. Only in step graphs. */
  record Recur(RecurrenceCall call, List<Integer> arguments) implements Operation {
    public Recur {
      arguments = List.copyOf(arguments);
    }
  }

  /** The nodes that this operation reads, in order. */
  default List<Integer> operands() {
    return switch (this) {
      case Literal l -> List.of();
      case Parameter p -> List.of();
      case Constant c -> List.of();
      case Input i -> List.of();
      case State s -> List.of();
      case Index i -> List.of();
      case Pointwise(var f, var operands) -> operands;
      case Contract(int left, int right, var over) -> List.of(left, right);
      case Reduce(var r, int operand, var over) -> List.of(operand);
      case Gather(int table, var axis, int index) -> List.of(table, index);
      case Scatter(int value, var axis, int index) -> List.of(value, index);
      case Turn(int operand, int angle, var axis, var pair) -> List.of(operand, angle);
      case Rename(int operand, var from, var to) -> List.of(operand);
      case CumulativeSum(int operand, var direction) -> List.of(operand);
      case RangeProduct(int operand, var from, var to) -> List.of(operand);
      case Solve(int matrix, int right, var rows, var columns, var direction) ->
          List.of(matrix, right);
      case Dropout(int operand, double rate, int site) -> List.of(operand);
      case Recur(var call, var arguments) -> arguments;
    };
  }
}
