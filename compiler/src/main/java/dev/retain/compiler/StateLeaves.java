package dev.retain.compiler;

import dev.retain.compiler.evaluation.Tensor;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Inputs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * What a conversion of states reads.
 *
 * @param stored constants and parameters by path
 * @param states [batch, ...] by path
 * @param steps how many steps each sequence has made
 */
record StateLeaves(
    Map<String, NativeTensor> stored, Map<String, NativeTensor> states, int batch, long steps) {
  Tensor<Double> of(Node leaf) {
    return switch (leaf.operation()) {
      case Operation.State(String path) -> state(leaf, states.get(path));
      case Operation.Input(String name) when name.equals(Inputs.POSITION) ->
          tensor(leaf, Collections.nCopies(batch, (double) steps));
      case Operation.Input(String name) ->
          tensor(leaf, elements(stored.get(Inputs.OUTSIDE + name)));
      case Operation.Constant(String path) -> tensor(leaf, elements(stored.get(path)));
      default -> throw new IllegalStateException("no leaf: " + leaf);
    };
  }

  /**
   * A leaf that has the shape of a state.
   *
   * @param given null for one that is not converted: it may be anything
   */
  Tensor<Double> state(Node leaf, NativeTensor given) {
    int elements =
        leaf.axes().stream()
            .filter(Axis::isFixed)
            .mapToInt(Axis::size)
            .reduce(batch, (a, b) -> a * b);
    return tensor(leaf, given == null ? Collections.nCopies(elements, 0.0) : elements(given));
  }

  private static List<Double> elements(NativeTensor tensor) {
    return LongStream.range(0, tensor.size()).mapToObj(tensor::getDouble).toList();
  }

  private Tensor<Double> tensor(Node leaf, List<Double> elements) {
    List<Integer> sizes = new ArrayList<>();
    leaf.axes().forEach(axis -> sizes.add(axis.isFixed() ? axis.size() : batch));
    return new Tensor<>(leaf.axes(), sizes, elements);
  }
}
