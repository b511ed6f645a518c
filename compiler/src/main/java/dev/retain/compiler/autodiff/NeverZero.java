package dev.retain.compiler.autodiff;

import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Operation;
import java.util.List;

/** Whether a factor is evidently never 0: an exponential, or what is made of such. */
final class NeverZero {
  private NeverZero() {}

  static boolean of(GraphBuilder graph, int id) {
    return switch (graph.node(id).operation()) {
      case Operation.Literal(double value) -> value != 0;
      case Operation.Rename(int operand, var from, var to) -> of(graph, operand);
      case Operation.Pointwise(Function function, List<Integer> operands) ->
          switch (function) {
            case EXP -> true;
            case MULTIPLY, DIVIDE -> of(graph, operands.get(0)) && of(graph, operands.get(1));
            // One over a number is never 0, as long as it is one.
            case NEGATE, ABS, SQRT, ROUND, STOP_GRADIENT -> of(graph, operands.getFirst());
            case SELECT -> of(graph, operands.get(1)) && of(graph, operands.get(2));
            case ADD,
                SUBTRACT,
                POWER,
                LOG,
                ERF,
                TANH,
                SIN,
                COS,
                MAX,
                MIN,
                LESS,
                LESS_OR_EQUAL,
                EQUAL ->
                false;
          };
      case Operation other -> false;
    };
  }
}
