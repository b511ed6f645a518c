package dev.retain.compiler.evaluation;

import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Numbers along named axes.
 *
 * @param sizes of the axes, in their order
 * @param elements row-major
 */
public record Tensor<N>(List<Axis> axes, List<Integer> sizes, List<N> elements) {
  public Tensor {
    axes = List.copyOf(axes);
    sizes = List.copyOf(sizes);
    elements = List.copyOf(elements);
    if (count(sizes) != elements.size()) {
      throw new IllegalArgumentException(elements.size() + " elements of " + sizes);
    }
  }

  /** A tensor whose elements come in row-major order. */
  public static <N> Tensor<N> of(List<Axis> axes, List<Integer> sizes, Supplier<N> elements) {
    @SuppressWarnings("unchecked")
    N[] all = (N[]) new Object[count(sizes)];
    for (int i = 0; i < all.length; i++) {
      all[i] = elements.get();
    }
    return new Tensor<>(axes, sizes, List.of(all));
  }

  public static int count(List<Integer> sizes) {
    int count = 1;
    for (int size : sizes) {
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  int size(Axis axis) {
    return sizes.get(axes.indexOf(axis));
  }

  /** How far apart neighbours along the axis are; 0 along an axis that the tensor lacks. */
  int stride(Axis axis) {
    int place = axes.indexOf(axis);
    if (place < 0) {
      return 0;
    }
    int stride = 1;
    for (int i = place + 1; i < sizes.size(); i++) {
      stride *= sizes.get(i);
    }
    return stride;
  }

  int[] strides(List<Axis> along) {
    int[] strides = new int[along.size()];
    for (int i = 0; i < strides.length; i++) {
      strides[i] = stride(along.get(i));
    }
    return strides;
  }

  /** With its axes in another order, and repeated along those that it lacks. */
  public Tensor<N> along(List<Axis> order, List<Integer> orderSizes) {
    if (order.equals(axes)) {
      return this;
    }
    if (!order.containsAll(axes)) {
      throw new IllegalArgumentException(axes + " has axes that " + order + " lacks");
    }
    Walk walk = new Walk(orderSizes, strides(order));
    return of(
        order,
        orderSizes,
        () -> {
          N element = elements.get(walk.offset(0));
          walk.step();
          return element;
        });
  }

  /** The part at one position along an axis, which is gone then; itself if it lacks the axis. */
  public Tensor<N> at(Axis axis, int position) {
    return axes.contains(axis) ? part(axis, position, position + 1).without(axis) : this;
  }

  /** The part from one position along an axis to another. */
  public Tensor<N> part(Axis axis, int from, int to) {
    if (!axes.contains(axis)) {
      return this;
    }
    List<Integer> partSizes = new ArrayList<>(sizes);
    partSizes.set(axes.indexOf(axis), to - from);
    Walk walk = new Walk(partSizes, strides(axes));
    int start = from * stride(axis);
    return of(
        axes,
        partSizes,
        () -> {
          N element = elements.get(start + walk.offset(0));
          walk.step();
          return element;
        });
  }

  private Tensor<N> without(Axis axis) {
    int place = axes.indexOf(axis);
    List<Axis> fewer = new ArrayList<>(axes);
    List<Integer> fewerSizes = new ArrayList<>(sizes);
    fewer.remove(place);
    fewerSizes.remove(place);
    return new Tensor<>(fewer, fewerSizes, elements);
  }
}
