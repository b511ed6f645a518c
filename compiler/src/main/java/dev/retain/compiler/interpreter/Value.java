package dev.retain.compiler.interpreter;

import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An array whose dimensions have names.
 *
 * @param array doubles in row-major order; without axes it has one dimension of size 1, because
 *     several operators of ND4J mistake arrays of rank 0
 */
record Value(List<Axis> axes, INDArray array) {
  Value {
    axes = List.copyOf(axes);
  }

  static Value of(double number) {
    return new Value(List.of(), Nd4j.create(new double[] {number}, new long[] {1}, 'c'));
  }

  /**
   * An array from outside.
   *
   * @throws IllegalArgumentException if the array's shape is not the expected one
   */
  static Value of(String name, List<Axis> axes, long[] shape, INDArray array) {
    boolean fits = shape.length == 0 ? array.length() == 1 : Arrays.equals(shape, array.shape());
    if (!fits) {
      throw new IllegalArgumentException(
          "`%s` has the axes %s, that is the shape %s, but is bound to an array of shape %s"
              .formatted(name, axes, Arrays.toString(shape), Arrays.toString(array.shape())));
    }
    return new Value(axes, dense(array.castTo(DataType.DOUBLE), shape));
  }

  /** The elements of an array of doubles in row-major order, under a shape of as many elements. */
  static INDArray dense(INDArray array, long... shape) {
    long[] atLeastOne = shape.length == 0 ? new long[] {1} : shape;
    // A reshape alone is right for row-major arrays only.
    return array.dup('c').reshape('c', atLeastOne);
  }

  /** A value of this shape, from an array of as many elements in row-major order. */
  static Value shaped(INDArray array, List<Axis> axes, long... sizes) {
    return new Value(axes, dense(array, sizes));
  }

  long size(Axis axis) {
    return array.size(axes.indexOf(axis));
  }

  /** The product of the sizes. */
  long length(List<Axis> some) {
    return some.stream().mapToLong(this::size).reduce(1, Math::multiplyExact);
  }

  long[] sizes() {
    return axes.stream().mapToLong(this::size).toArray();
  }

  /** The same value with its axes in another order. */
  Value arranged(List<Axis> order) {
    if (axes.equals(order)) {
      return this;
    }
    if (order.size() != axes.size() || !order.containsAll(axes)) {
      throw new IllegalStateException("a value over " + axes + " cannot be one over " + order);
    }
    INDArray permuted = array.permute(order.stream().mapToInt(axes::indexOf).toArray());
    return shaped(permuted, order, order.stream().mapToLong(this::size).toArray());
  }

  /** The elements with a dimension for each group of axes; every axis is in one of the groups. */
  INDArray grouped(List<List<Axis>> groups) {
    List<Axis> order = groups.stream().flatMap(List::stream).toList();
    return arranged(order).array.reshape('c', groups.stream().mapToLong(this::length).toArray());
  }

  /** The elements with a dimension for each axis of the target, of size 1 where this has none. */
  INDArray alignedTo(List<Axis> target) {
    List<Axis> order = target.stream().filter(axes::contains).toList();
    long[] shape = target.stream().mapToLong(a -> axes.contains(a) ? size(a) : 1).toArray();
    return target.isEmpty() ? array : arranged(order).array.reshape('c', shape);
  }

  /** What is at one place along the first axis. */
  Value at(int place) {
    List<Axis> rest = axes.subList(1, axes.size());
    INDArray rows = array.reshape('c', array.size(0), length(rest));
    return shaped(rows.getRow(place), rest, rest.stream().mapToLong(this::size).toArray());
  }

  /** Repeated along the target's axes that this lacks. */
  Value repeatedTo(List<Axis> target, long[] sizes) {
    return target.equals(axes)
        ? this
        : new Value(target, Operators.repeated(alignedTo(target), sizes));
  }

  Value renamed(Axis from, Axis to) {
    List<Axis> renamed = new ArrayList<>(axes);
    renamed.replaceAll(axis -> axis.equals(from) ? to : axis);
    return new Value(renamed, array);
  }

  /** A copy for the outside: rank 0 where there are no axes. */
  INDArray copy() {
    return array.dup('c').reshape('c', sizes());
  }
}
