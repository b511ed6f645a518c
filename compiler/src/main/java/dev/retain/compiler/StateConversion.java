package dev.retain.compiler;

import dev.retain.compiler.autodiff.Differentiation;
import dev.retain.compiler.autodiff.Wanted;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.evaluation.Algebra;
import dev.retain.compiler.evaluation.GraphEvaluator;
import dev.retain.compiler.evaluation.RealNumbers;
import dev.retain.compiler.evaluation.Tensor;
import dev.retain.compiler.forms.GraphCopy;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.Inputs;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** States from one of their representations to another. */
final class StateConversion {
  private StateConversion() {}

  /**
   * @param wanted the states to be made; those that are made of none that is given are left out
   * @param stored constants and parameters by path
   * @param given [batch, ...] by path
   * @param steps how many steps each sequence has made
   */
  static Map<String, NativeTensor> convert(
      StatesAsWritten conversion,
      List<RecurrenceCall.State> wanted,
      Map<String, NativeTensor> stored,
      Map<String, NativeTensor> given,
      long steps) {
    Map<String, NativeTensor> converted = new LinkedHashMap<>();
    if (given.isEmpty()) {
      return converted;
    }
    NativeTensor any = given.values().iterator().next();
    int batch = (int) any.shape()[0];
    GraphEvaluator<Double> evaluator =
        new GraphEvaluator<>(
            StateNumbers.INSTANCE, batch, 1, leaf -> leaf(leaf, stored, given, batch, steps));
    List<Tensor<Double>> values = evaluator.evaluate(conversion.graph());
    Set<Integer> known = known(conversion.graph(), given.keySet());
    for (RecurrenceCall.State state : wanted) {
      Integer node = conversion.states().get(state.path());
      if (node == null || !known.contains(node)) {
        continue;
      }
      List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
      axes.addAll(state.axes());
      Tensor<Double> value = values.get(node).along(axes, evaluator.sizes(axes));
      long[] shape = value.sizes().stream().mapToLong(Integer::longValue).toArray();
      NativeTensor result = NativeTensor.allocate(Arena.ofAuto(), any.type(), shape);
      for (int i = 0; i < value.elements().size(); i++) {
        result.setDouble(i, value.elements().get(i));
      }
      converted.put(state.path(), result);
    }
    return converted;
  }

  /** The nodes that are made of a state that is given, or of none at all. */
  private static Set<Integer> known(Graph graph, Set<String> given) {
    Set<Integer> known = new HashSet<>();
    Set<Integer> ofStates = new HashSet<>();
    for (Node node : graph.nodes()) {
      boolean isState = node.operation() instanceof Operation.State;
      List<Integer> operands = node.operation().operands();
      boolean isGiven =
          node.operation() instanceof Operation.State(String path) && given.contains(path);
      if (isState || operands.stream().anyMatch(ofStates::contains)) {
        ofStates.add(node.id());
        if (isGiven || operands.stream().anyMatch(o -> ofStates.contains(o) && known.contains(o))) {
          known.add(node.id());
        }
      } else {
        known.add(node.id());
      }
    }
    return known;
  }

  /**
   * Numbers in float64, where 0 stays 0 whatever exponential it is multiplied with, and what is
   * rounded is a number of either type.
   */
  private enum StateNumbers implements Algebra<Double> {
    INSTANCE;

    @Override
    public Double number(double value) {
      return value;
    }

    @Override
    public Double add(Double left, Double right) {
      return RealNumbers.INSTANCE.add(left, right);
    }

    @Override
    public Double multiply(Double left, Double right) {
      return left == 0 || right == 0 ? 0 : RealNumbers.INSTANCE.multiply(left, right);
    }

    @Override
    public Double apply(Function function, List<Double> operands) {
      return switch (function) {
        case MULTIPLY -> multiply(operands.get(0), operands.get(1));
        case ROUND -> (double) operands.getFirst().floatValue();
        default -> RealNumbers.INSTANCE.apply(function, operands);
      };
    }

    @Override
    public int index(Double number) {
      return RealNumbers.INSTANCE.index(number);
    }
  }

  /**
   * What flows back through a conversion.
   *
   * @param states to the states that are converted, by path
   * @param stored to what they are converted with, such as angles: constants and parameters by path
   */
  record Flow(Map<String, NativeTensor> states, Map<String, NativeTensor> stored) {}

  /**
   * What flows back to the states that are converted, and to what they are converted with, given
   * what flows back to those that they are converted to.
   *
   * @param stored constants and parameters by path
   * @param states [batch, ...] by path: where the conversion is differentiated
   * @param flowing of the same shapes, by path; nothing flows back to those missing
   */
  static Flow flowBack(
      StatesAsWritten conversion,
      Map<String, NativeTensor> stored,
      Map<String, NativeTensor> states,
      Map<String, NativeTensor> flowing,
      long steps) {
    if (states.isEmpty()) {
      return new Flow(flowing, Map.of());
    }
    int batch = (int) states.values().iterator().next().shape()[0];
    TensorProgram program = backwards(conversion);
    GraphEvaluator<Double> evaluator =
        new GraphEvaluator<>(
            StateNumbers.INSTANCE,
            batch,
            1,
            leaf -> flowingLeaf(leaf, stored, states, flowing, batch, steps));
    List<Tensor<Double>> values = evaluator.evaluate(program.graph());
    Map<String, NativeTensor> toStates = new LinkedHashMap<>();
    Map<String, NativeTensor> toStored = new LinkedHashMap<>();
    for (Node node : program.graph().nodes()) {
      switch (node.operation()) {
        case Operation.State(String path) when states.containsKey(path) ->
            found(program, Gradients.ofState(path), node, values, evaluator)
                .ifPresent(gradient -> toStates.put(path, gradient));
        case Operation.Constant(String path) ->
            found(program, path, node, values, evaluator)
                .ifPresent(gradient -> toStored.put(path, gradient));
        default -> {}
      }
    }
    return new Flow(toStates, toStored);
  }

  /** The derivative of a conversion, also by the recurrence's inputs that it reads. */
  private static TensorProgram backwards(StatesAsWritten conversion) {
    GraphBuilder graph = new GraphBuilder();
    GraphCopy copy =
        new GraphCopy(
            conversion.graph(),
            graph,
            node ->
                node.operation() instanceof Operation.Input(String name)
                        && !name.equals(Inputs.POSITION)
                    ? graph.constant(Inputs.OUTSIDE + name, node.axes(), node.span())
                    : -1);
    Map<String, Integer> states = new TreeMap<>();
    conversion.states().forEach((path, node) -> states.put(path, copy.copy(node)));
    int nothing = graph.literal(0, Span.none());
    return Differentiation.of(
        new TensorProgram("states", graph.build(), nothing, states), List.of(), Wanted.ALL);
  }

  private static Optional<NativeTensor> found(
      TensorProgram program,
      String name,
      Node node,
      List<Tensor<Double>> values,
      GraphEvaluator<Double> evaluator) {
    return Optional.ofNullable(program.gradients().get(name))
        .map(gradient -> {
          Tensor<Double> value =
              values.get(gradient).along(node.axes(), evaluator.sizes(node.axes()));
          long[] shape = value.sizes().stream().mapToLong(Integer::longValue).toArray();
          NativeTensor result = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, shape);
          for (int i = 0; i < value.elements().size(); i++) {
            result.setDouble(i, value.elements().get(i));
          }
          return result;
        });
  }

  private static Tensor<Double> flowingLeaf(
      Node leaf,
      Map<String, NativeTensor> stored,
      Map<String, NativeTensor> states,
      Map<String, NativeTensor> flowing,
      int batch,
      long steps) {
    for (String path : states.keySet()) {
      if (leaf.operation().equals(new Operation.Input(Inputs.adjointOf(path)))) {
        return state(leaf, batch, flowing.get(path));
      }
    }
    return leaf(leaf, stored, states, batch, steps);
  }

  private static Tensor<Double> leaf(
      Node leaf,
      Map<String, NativeTensor> stored,
      Map<String, NativeTensor> states,
      int batch,
      long steps) {
    return switch (leaf.operation()) {
      case Operation.State(String path) -> state(leaf, batch, states.get(path));
      case Operation.Input(String name) when name.equals(Inputs.POSITION) ->
          tensor(leaf, batch, Collections.nCopies(batch, (double) steps));
      case Operation.Input(String name) ->
          tensor(leaf, batch, elements(stored.get(Inputs.OUTSIDE + name)));
      case Operation.Constant(String path) -> tensor(leaf, batch, elements(stored.get(path)));
      default -> throw new IllegalStateException("no leaf: " + leaf);
    };
  }

  private static List<Double> elements(NativeTensor tensor) {
    return LongStream.range(0, tensor.size()).mapToObj(tensor::getDouble).toList();
  }

  /** A state that is not converted may be anything. */
  private static Tensor<Double> state(Node leaf, int batch, NativeTensor given) {
    int elements =
        leaf.axes().stream()
            .filter(Axis::isFixed)
            .mapToInt(Axis::size)
            .reduce(batch, (a, b) -> a * b);
    return tensor(
        leaf, batch, given == null ? Collections.nCopies(elements, 0.0) : elements(given));
  }

  private static Tensor<Double> tensor(Node leaf, int batch, List<Double> elements) {
    List<Integer> sizes = new ArrayList<>();
    leaf.axes().forEach(axis -> sizes.add(axis.isFixed() ? axis.size() : batch));
    return new Tensor<>(leaf.axes(), sizes, elements);
  }
}
