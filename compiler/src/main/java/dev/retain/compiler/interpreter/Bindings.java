package dev.retain.compiler.interpreter;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Extent;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a program is run on. Arrays may be of any numeric type and order; they are read as double. A
 * value without axes is an array of one element.
 *
 * @param batch the number of sequences
 * @param time the number of steps
 * @param weights parameters and constants by path
 * @param inputs by name
 * @param states the values before the block, by path
 */
public record Bindings(
    int batch,
    int time,
    Map<String, INDArray> weights,
    Map<String, INDArray> inputs,
    Map<String, INDArray> states) {
  public Bindings {
    weights = Map.copyOf(weights);
    inputs = Map.copyOf(inputs);
    states = Map.copyOf(states);
  }

  static INDArray required(String name, Map<String, INDArray> arrays) {
    INDArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException("`" + name + "` is not bound to an array");
    }
    return array;
  }

  Value value(String name, List<Axis> axes, INDArray array) {
    return Value.of(name, axes, sizes(axes), array);
  }

  long[] sizes(List<Axis> axes) {
    return axes.stream().mapToLong(this::size).toArray();
  }

  int size(Axis axis) {
    return switch (axis.extent()) {
      case Extent.Fixed(int size) -> size;
      case Extent.Symbol.BATCH -> batch;
      case Extent.Symbol.TIME -> time;
    };
  }
}
