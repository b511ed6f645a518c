package dev.retain.compiler.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.tensor.Axis;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Plain Java arrays with named axes, to compare with. */
record Tensors(int batch, int time, Random random) {

  /** An element of a tensor, by its place along each axis; other axes in the map are ignored. */
  interface Element {
    double at(Map<Axis, Integer> place);
  }

  record Tensor(List<Axis> axes, long[] shape, double[] elements) implements Element {
    @Override
    public double at(Map<Axis, Integer> place) {
      int offset = 0;
      for (int d = 0; d < shape.length; d++) {
        offset = (int) (offset * shape[d]) + place.get(axes.get(d));
      }
      return elements[offset];
    }

    INDArray array() {
      return shape.length == 0
          ? Nd4j.scalar(elements[0])
          : Nd4j.create(elements.clone(), shape, 'c');
    }
  }

  int size(Axis axis) {
    return new Bindings(batch, time, Map.of(), Map.of(), Map.of()).size(axis);
  }

  Tensor normal(Axis... axes) {
    return tensor(place -> random.nextGaussian(), List.of(axes));
  }

  Tensor tensor(Element element, List<Axis> axes) {
    long[] shape = axes.stream().mapToLong(this::size).toArray();
    double[] elements = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < elements.length; i++) {
      Map<Axis, Integer> place = new HashMap<>();
      int rest = i;
      for (int d = shape.length - 1; d >= 0; d--) {
        place.put(axes.get(d), (int) (rest % shape[d]));
        rest /= (int) shape[d];
      }
      elements[i] = element.at(place);
    }
    return new Tensor(axes, shape, elements);
  }

  /** The sum of the element over all places along these axes. */
  double sum(List<Axis> over, Map<Axis, Integer> place, Element element) {
    return Arrays.stream(tensor(inner -> element.at(and(place, inner)), over).elements()).sum();
  }

  static Map<Axis, Integer> and(Map<Axis, Integer> place, Map<Axis, Integer> more) {
    Map<Axis, Integer> both = new HashMap<>(place);
    both.putAll(more);
    return both;
  }

  void assertEqual(INDArray actual, List<Axis> axes, Element expected) {
    Tensor wanted = tensor(expected, axes);
    assertThat(actual.shape()).isEqualTo(wanted.shape());
    double[] elements = actual.dup('c').data().asDouble();
    for (int i = 0; i < elements.length; i++) {
      double element = wanted.elements()[i];
      if (Double.isFinite(element)) {
        assertThat(elements[i])
            .as("element %d of %s", i, axes)
            .isCloseTo(element, within(1e-13 * Math.max(1, Math.abs(element))));
      } else {
        assertThat(elements[i]).as("element %d of %s", i, axes).isEqualTo(Double.valueOf(element));
      }
    }
  }
}
