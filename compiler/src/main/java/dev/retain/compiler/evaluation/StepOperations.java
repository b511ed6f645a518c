package dev.retain.compiler.evaluation;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.RangeEnd;
import dev.retain.compiler.tensor.RangeStart;
import java.util.ArrayList;
import java.util.List;

/** Operations that go along the steps of a block. */
record StepOperations<N>(Algebra<N> algebra) {
  Tensor<N> cumulativeSum(Tensor<N> operand, Direction direction) {
    int time = operand.size(Axis.TIME);
    int stride = operand.stride(Axis.TIME);
    List<N> sums = new ArrayList<>(operand.elements());
    boolean forward = direction == Direction.FORWARD;
    int first = forward ? 0 : time - 1;
    int before = forward ? -stride : stride;
    for (int n = 0; n < sums.size(); n++) {
      int i = forward ? n : sums.size() - 1 - n;
      if (i / stride % time != first) {
        sums.set(i, algebra.add(sums.get(i + before), sums.get(i)));
      }
    }
    return new Tensor<>(operand.axes(), operand.sizes(), sums);
  }

  /** Step by step, with the operand's axes and those of the range's ends behind them. */
  Tensor<N> rangeProduct(Tensor<N> operand, RangeStart from, RangeEnd to) {
    int time = operand.size(Axis.TIME);
    List<Axis> axes = new ArrayList<>(operand.axes());
    List<Integer> sizes = new ArrayList<>(operand.sizes());
    sizes.remove(axes.indexOf(Axis.TIME));
    axes.remove(Axis.TIME);
    List<Axis> elementAxes = List.copyOf(axes);
    List<Integer> elementSizes = List.copyOf(sizes);
    boolean ends = to != RangeEnd.LAST;
    boolean starts = from == RangeStart.AFTER_SOURCE;
    if (ends) {
      axes.add(Axis.TIME);
      sizes.add(time);
    }
    if (starts) {
      axes.add(Axis.SOURCE);
      sizes.add(time);
    }
    Walk elements = new Walk(elementSizes, operand.strides(elementAxes));
    List<N> products = new ArrayList<>();
    for (int i = 0; i < Tensor.count(elementSizes); i++) {
      for (int t = 0; t < (ends ? time : 1); t++) {
        for (int s = 0; s < (starts ? time : 1); s++) {
          int end =
              switch (to) {
                case BEFORE_TIME -> t;
                case TIME -> t + 1;
                case LAST -> time;
              };
          products.add(product(operand, elements.offset(0), starts ? s + 1 : 0, end));
        }
      }
      elements.step();
    }
    return new Tensor<>(axes, sizes, products);
  }

  private N product(Tensor<N> operand, int offset, int from, int to) {
    int stride = operand.stride(Axis.TIME);
    N product = algebra.number(1);
    for (int t = from; t < to; t++) {
      N factor = operand.elements().get(offset + t * stride);
      product = t == from ? factor : algebra.multiply(product, factor);
    }
    return product;
  }

  /** Row by row. The right side has all axes of the result. */
  Tensor<N> solve(
      Tensor<N> matrix, Tensor<N> right, List<Axis> rows, List<Axis> columns, Direction direction) {
    boolean forward = direction == Direction.FORWARD;
    int[] inRows = matrix.strides(forward ? rows : columns);
    int[] inColumns = matrix.strides(forward ? columns : rows);
    List<Axis> others = new ArrayList<>(right.axes());
    others.removeAll(rows);
    List<Integer> otherSizes = others.stream().map(right::size).toList();
    List<Integer> rowSizes = rows.stream().map(right::size).toList();
    int count = Tensor.count(rowSizes);
    List<N> solution = new ArrayList<>(right.elements());
    Walk other = new Walk(otherSizes, right.strides(others), matrix.strides(others));
    for (int i = 0; i < Tensor.count(otherSizes); i++) {
      List<int[]> places = places(rowSizes, right.strides(rows), inRows, inColumns);
      for (int step = 0; step < count; step++) {
        int[] row = places.get(forward ? step : count - 1 - step);
        int place = other.offset(0) + row[0];
        for (int before = 0; before < step; before++) {
          int[] column = places.get(forward ? before : count - 1 - before);
          N factor = matrix.elements().get(other.offset(1) + row[1] + column[2]);
          N known = solution.get(other.offset(0) + column[0]);
          solution.set(place, algebra.add(solution.get(place), algebra.multiply(factor, known)));
        }
      }
      other.step();
    }
    return new Tensor<>(right.axes(), right.sizes(), solution);
  }

  /** For each row its place in the right side, in the matrix as a row, and as a column. */
  private static List<int[]> places(List<Integer> sizes, int[]... strides) {
    Walk walk = new Walk(sizes, strides);
    List<int[]> places = new ArrayList<>();
    for (int i = 0; i < Tensor.count(sizes); i++) {
      places.add(new int[] {walk.offset(0), walk.offset(1), walk.offset(2)});
      walk.step();
    }
    return places;
  }
}
