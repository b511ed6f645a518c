package dev.retain.compiler.interpreter;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.RangeEnd;
import dev.retain.compiler.tensor.RangeStart;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Operations that go along the steps of a block, step by step. */
final class StepOperators {
  private static final List<Axis> TIME = List.of(Axis.TIME);

  private StepOperators() {}

  static Value cumulativeSum(Value operand) {
    List<Axis> axes = without(operand, TIME);
    INDArray sums = operand.grouped(List.of(TIME, axes)).dup('c');
    for (int t = 1; t < sums.rows(); t++) {
      sums.getRow(t).addi(sums.getRow(t - 1));
    }
    return shaped(sums, TIME, axes, operand, operand);
  }

  /** Each product by itself, factor by factor. */
  static Value rangeProduct(Value operand, RangeStart from, RangeEnd to) {
    List<Axis> axes = without(operand, TIME);
    INDArray factors = operand.grouped(List.of(TIME, axes));
    int time = factors.rows();
    List<Axis> ends = new ArrayList<>();
    if (to != RangeEnd.LAST) {
      ends.add(Axis.TIME);
    }
    if (from == RangeStart.AFTER_SOURCE) {
      ends.add(Axis.SOURCE);
    }
    int targets = to == RangeEnd.LAST ? 1 : time;
    int sources = from == RangeStart.FIRST ? 1 : time;
    INDArray products = Nd4j.ones(factors.dataType(), (long) targets * sources, factors.columns());
    for (int t = 0; t < targets; t++) {
      int end =
          switch (to) {
            case BEFORE_TIME -> t;
            case TIME -> t + 1;
            case LAST -> time;
          };
      for (int s = 0; s < sources; s++) {
        INDArray product = products.getRow((long) t * sources + s);
        for (int j = from == RangeStart.FIRST ? 0 : s + 1; j < end; j++) {
          product.muli(factors.getRow(j));
        }
      }
    }
    List<Axis> all = new ArrayList<>(ends);
    all.addAll(axes);
    return Value.shaped(
        products,
        all,
        all.stream().mapToLong(axis -> ends.contains(axis) ? time : operand.size(axis)).toArray());
  }

  /** Row by row. */
  static Value solve(Value matrix, Value right, List<Axis> rows, List<Axis> columns) {
    List<Axis> others = without(right, rows);
    List<Axis> inMatrix = new ArrayList<>(rows);
    inMatrix.addAll(columns);
    int steps = inMatrix.size();
    for (Axis axis : without(matrix, inMatrix)) {
      if (!others.contains(axis)) {
        others.add(axis);
      }
    }
    List<Axis> vector = new ArrayList<>(rows);
    vector.addAll(others);
    INDArray solution = spread(right, vector, matrix).grouped(List.of(rows, others)).dup('c');
    inMatrix.addAll(others);
    INDArray factors =
        spread(matrix, inMatrix, right).grouped(List.of(inMatrix.subList(0, steps), others));
    for (int r = 1; r < solution.rows(); r++) {
      INDArray row = solution.getRow(r);
      for (int c = 0; c < r; c++) {
        row.addi(solution.getRow(c).mul(factors.getRow((long) r * solution.rows() + c)));
      }
    }
    return shaped(solution, rows, others, right, matrix);
  }

  private static Value spread(Value value, List<Axis> axes, Value other) {
    return value.repeatedTo(axes, sizes(axes, value, other));
  }

  private static Value shaped(
      INDArray rows, List<Axis> first, List<Axis> second, Value left, Value right) {
    List<Axis> axes = new ArrayList<>(first);
    axes.addAll(second);
    return Value.shaped(rows, axes, sizes(axes, left, right));
  }

  private static long[] sizes(List<Axis> axes, Value left, Value right) {
    return axes.stream()
        .mapToLong(axis -> (left.axes().contains(axis) ? left : right).size(axis))
        .toArray();
  }

  private static List<Axis> without(Value value, List<Axis> removed) {
    List<Axis> axes = new ArrayList<>(value.axes());
    axes.removeAll(removed);
    return axes;
  }
}
