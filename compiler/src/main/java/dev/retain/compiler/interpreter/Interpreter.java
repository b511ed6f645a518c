package dev.retain.compiler.interpreter;

import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.TensorProgram;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Evaluates tensor programs in double.
 *
 * <p>Every method throws an {@link IllegalArgumentException} if a name that is needed is not bound,
 * or is bound to an array of another shape than its axes have, and an {@link IllegalStateException}
 * at a recurrence, which has no value outside a form.
 */
public final class Interpreter {
  private Interpreter() {}

  /** The output and the next states of a program; each array has its node's axes in order. */
  public static Results run(TensorProgram program, Bindings bindings) {
    Set<Integer> wanted = new HashSet<>(program.nextStates().values());
    wanted.add(program.output());
    wanted.addAll(program.gradients().values());
    Map<Integer, INDArray> values = evaluate(program.graph(), wanted, bindings);
    Map<String, INDArray> nextStates = new TreeMap<>();
    program.nextStates().forEach((path, id) -> nextStates.put(path, values.get(id)));
    Map<String, INDArray> gradients = new TreeMap<>();
    program.gradients().forEach((name, id) -> gradients.put(name, values.get(id)));
    return new Results(values.get(program.output()), nextStates, gradients);
  }

  /** The values of the wanted nodes by id; each array has its node's axes in order. */
  public static Map<Integer, INDArray> evaluate(
      Graph graph, Set<Integer> wanted, Bindings bindings) {
    Evaluation evaluation = new Evaluation(new Bound(bindings), bindings::size, Optional.empty());
    Map<Integer, Value> values = evaluation.evaluate(graph, wanted);
    Map<Integer, INDArray> arrays = new TreeMap<>();
    wanted.forEach(id -> arrays.put(id, values.get(id).copy()));
    return arrays;
  }

  private record Bound(Bindings bindings) implements Evaluation.Leaves {
    @Override
    public Value weight(Node node, String path) {
      return value(node, path, bindings.weights());
    }

    @Override
    public Value input(Node node, String name) {
      return value(node, name, bindings.inputs());
    }

    @Override
    public Value state(Node node, String path) {
      return value(node, path, bindings.states());
    }

    private Value value(Node node, String name, Map<String, INDArray> arrays) {
      return bindings.value(name, node.axes(), Bindings.required(name, arrays));
    }
  }
}
