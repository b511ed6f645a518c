package dev.retain.compiler;

import dev.retain.compiler.evaluation.GraphEvaluator;
import dev.retain.compiler.evaluation.RealNumbers;
import dev.retain.compiler.evaluation.Tensor;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.jar.CompiledModel;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Inputs;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** States from one of their representations to another. */
final class StateConversion {
  private StateConversion() {}

  /**
   * @param states [batch, ...] by path; those missing are left out
   * @param steps how many steps each sequence has made
   */
  static Map<String, NativeTensor> convert(
      StatesAsWritten conversion,
      CompiledModel compiled,
      Map<String, NativeTensor> states,
      long steps) {
    if (states.isEmpty()) {
      return states;
    }
    int batch = (int) states.values().iterator().next().shape()[0];
    GraphEvaluator.Leaves<Double> leaves = leaf -> leaf(leaf, compiled, states, batch, steps);
    List<Tensor<Double>> values =
        new GraphEvaluator<>(RealNumbers.INSTANCE, batch, 1, leaves).evaluate(conversion.graph());
    Map<String, NativeTensor> converted = new LinkedHashMap<>();
    states.forEach((path, tensor) -> {
      NativeTensor result = NativeTensor.allocate(Arena.ofAuto(), tensor.type(), tensor.shape());
      List<Double> elements = values.get(conversion.states().get(path)).elements();
      for (int i = 0; i < elements.size(); i++) {
        result.setDouble(i, elements.get(i));
      }
      converted.put(path, result);
    });
    return converted;
  }

  private static Tensor<Double> leaf(
      Node leaf, CompiledModel compiled, Map<String, NativeTensor> states, int batch, long steps) {
    return switch (leaf.operation()) {
      case Operation.State(String path) -> state(leaf, batch, states.get(path));
      case Operation.Input(String name) when name.equals(Inputs.POSITION) ->
          tensor(leaf, batch, Collections.nCopies(batch, (double) steps));
      case Operation.Input(String name) ->
          tensor(leaf, batch, compiled.constants().get("in." + name));
      default -> throw new IllegalStateException("no leaf: " + leaf);
    };
  }

  /**
   * The states of the recurrence, of those that a form carries that is written by hand.
   *
   * @param kept [batch, ...] by path
   */
  static Map<String, NativeTensor> convert(
      HandWrittenForm form, CompiledModel compiled, Map<String, NativeTensor> kept, long steps) {
    Map<String, NativeTensor> converted = new LinkedHashMap<>();
    if (kept.isEmpty()) {
      return converted;
    }
    NativeTensor any = kept.values().iterator().next();
    int batch = (int) any.shape()[0];
    GraphEvaluator<Double> evaluator =
        new GraphEvaluator<>(
            RealNumbers.INSTANCE, batch, 1, leaf -> leaf(leaf, compiled, kept, batch, steps));
    List<Tensor<Double>> values = evaluator.evaluate(form.asWritten().graph());
    for (RecurrenceCall.State state : form.call().states()) {
      List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
      axes.addAll(state.axes());
      Tensor<Double> value =
          values
              .get(form.asWritten().states().get(state.path()))
              .along(axes, evaluator.sizes(axes));
      long[] shape = value.sizes().stream().mapToLong(Integer::longValue).toArray();
      NativeTensor result = NativeTensor.allocate(Arena.ofAuto(), any.type(), shape);
      for (int i = 0; i < value.elements().size(); i++) {
        result.setDouble(i, value.elements().get(i));
      }
      converted.put(state.path(), result);
    }
    return converted;
  }

  /** A state that is not converted may be anything. */
  private static Tensor<Double> state(Node leaf, int batch, NativeTensor given) {
    int elements =
        leaf.axes().stream()
            .filter(Axis::isFixed)
            .mapToInt(Axis::size)
            .reduce(batch, (a, b) -> a * b);
    return tensor(
        leaf,
        batch,
        given == null
            ? Collections.nCopies(elements, 0.0)
            : LongStream.range(0, elements).mapToObj(given::getDouble).toList());
  }

  private static Tensor<Double> tensor(Node leaf, int batch, List<Double> elements) {
    List<Integer> sizes = new ArrayList<>();
    leaf.axes().forEach(axis -> sizes.add(axis.isFixed() ? axis.size() : batch));
    return new Tensor<>(leaf.axes(), sizes, elements);
  }
}
