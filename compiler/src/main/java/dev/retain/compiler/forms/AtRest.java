package dev.retain.compiler.forms;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.compiler.tensor.TensorProgram;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A form's program for a block that begins at rest and that none follows: states that are 0 before
 * the first step, and all that would be multiplied by them, are left out, and so is what the states
 * are after it.
 */
public final class AtRest {
  private static final int ZERO = -2;

  /** A sum lacks an axis that only what was left out had. */
  private static final class LostAxisException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LostAxisException() {
      super(null, null, false, false);
    }
  }

  private final Graph from;
  private final Set<String> zeros;
  private final GraphBuilder to = new GraphBuilder();
  private final int[] copied;

  private AtRest(Graph from, Set<String> zeros) {
    this.from = from;
    this.zeros = zeros;
    this.copied = new int[from.nodes().size()];
  }

  /**
   * Leaves them out.
   *
   * @param zeros the paths of states that are 0 at rest
   * @return empty if a state must be known for the shape of what is made of it
   */
  public static Optional<TensorProgram> of(TensorProgram program, Set<String> zeros) {
    boolean allKnown =
        program.graph().nodes().stream()
            .allMatch(node ->
                !(node.operation() instanceof Operation.State(String path))
                    || zeros.contains(path));
    if (!allKnown) {
      return Optional.empty();
    }
    TensorProgram last =
        new TensorProgram(program.name(), program.graph(), program.output(), Map.of());
    AtRest rest = new AtRest(program.graph(), zeros);
    try {
      boolean[] needed = rest.needed(program.output());
      for (Node node : program.graph().nodes()) {
        if (needed[node.id()]) {
          rest.copied[node.id()] = rest.copy(node);
        }
      }
      return Optional.of(last.in(rest.to, rest::whole));
    } catch (LostAxisException e) {
      return Optional.empty();
    }
  }

  private boolean[] needed(int output) {
    boolean[] needed = new boolean[copied.length];
    needed[output] = true;
    for (int id = output; id >= 0; id--) {
      if (needed[id]) {
        from.node(id).operation().operands().forEach(operand -> needed[operand] = true);
      }
    }
    return needed;
  }

  /** The node's copy with all axes that it had. */
  private int whole(int id) {
    if (copied[id] == ZERO || !Set.copyOf(to.axes(copied[id])).equals(axes(id))) {
      throw new LostAxisException();
    }
    return copied[id];
  }

  private Set<Axis> axes(int id) {
    return Set.copyOf(from.node(id).axes());
  }

  /** The new node, or {@link #ZERO}. */
  private int copy(Node node) {
    return switch (node.operation()) {
      case Operation.State(String path) when zeros.contains(path) -> ZERO;
      case Operation.Pointwise(Function function, List<Integer> operands) ->
          pointwise(node, function, operands);
      case Operation.Contract(int left, int right, var over) when isZero(left) || isZero(right) ->
          ZERO;
      case Operation.Reduce(Reduction reduction, int operand, var over) when isZero(operand) ->
          ZERO;
      case Operation.Turn(int operand, var angle, var axis, var pair) when isZero(operand) -> ZERO;
      case Operation.Rename(int operand, var source, var target) when isZero(operand) -> ZERO;
      case Operation.Rename(int operand, var source, var target)
          when !to.axes(copied[operand]).contains(source) ->
          copied[operand];
      case Operation.CumulativeSum(int operand, var direction) when isZero(operand) -> ZERO;
      case Operation.Dropout(int operand, var rate, var site) when isZero(operand) -> ZERO;
      case Operation.Solve(int matrix, int right, var rows, var columns, var direction)
          when isZero(right) ->
          ZERO;
      case Operation.Solve(int matrix, int right, var rows, var columns, var direction)
          when isZero(matrix) ->
          whole(right);
      default ->
          new GraphCopy(from, to, n -> n.id() == node.id() ? -1 : whole(n.id())).copy(node.id());
    };
  }

  private boolean isZero(int id) {
    return copied[id] == ZERO;
  }

  private int pointwise(Node node, Function function, List<Integer> operands) {
    boolean vanishes =
        switch (function) {
          case MULTIPLY -> operands.stream().anyMatch(this::isZero);
          case NEGATE, ABS, SQRT, ROUND, STOP_GRADIENT, DIVIDE -> isZero(operands.getFirst());
          case ADD, SUBTRACT, MAX, MIN -> operands.stream().allMatch(this::isZero);
          case SELECT -> isZero(operands.get(1)) && isZero(operands.get(2));
          case POWER, EXP, LOG, ERF, TANH, SIN, COS, LESS, LESS_OR_EQUAL, EQUAL -> false;
        };
    if (vanishes) {
      return ZERO;
    }
    return to.pointwise(
        function,
        node.span(),
        operands.stream()
            .mapToInt(id -> isZero(id) ? to.literal(0, node.span()) : copied[id])
            .toArray());
  }
}
