package dev.retain.compiler.interpreter;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.RangeEnd;
import dev.retain.compiler.tensor.RangeStart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.factory.Nd4j;

/** Operations that go along the steps of a block, step by step. */
final class StepOperators {
  private static final List<Axis> TIME = List.of(Axis.TIME);

  private StepOperators() {}

  static Value cumulativeSum(Value operand, Direction direction) {
    List<Axis> axes = new ArrayList<>(TIME);
    axes.addAll(without(operand, TIME));
    Value stepsFirst = operand.arranged(axes);
    double[] sums = elements(stepsFirst);
    int width = sums.length / (int) operand.size(Axis.TIME);
    switch (direction) {
      case FORWARD -> {
        for (int i = width; i < sums.length; i++) {
          sums[i] += sums[i - width];
        }
      }
      case BACKWARD -> {
        for (int i = sums.length - width - 1; i >= 0; i--) {
          sums[i] += sums[i + width];
        }
      }
    }
    return Value.shaped(Nd4j.createFromArray(sums), axes, stepsFirst.sizes());
  }

  /** Each product by itself, factor by factor. */
  static Value rangeProduct(Value operand, RangeStart from, RangeEnd to) {
    List<Axis> axes = without(operand, TIME);
    List<Axis> stepsFirst = new ArrayList<>(TIME);
    stepsFirst.addAll(axes);
    double[] factors = elements(operand.arranged(stepsFirst));
    int time = (int) operand.size(Axis.TIME);
    int width = factors.length / time;
    List<Axis> ends = new ArrayList<>();
    if (to != RangeEnd.LAST) {
      ends.add(Axis.TIME);
    }
    if (from == RangeStart.AFTER_SOURCE) {
      ends.add(Axis.SOURCE);
    }
    int targets = to == RangeEnd.LAST ? 1 : time;
    int sources = from == RangeStart.FIRST ? 1 : time;
    double[] products = new double[targets * sources * width];
    Arrays.fill(products, 1);
    for (int i = 0; i < products.length; i++) {
      int column = i % width;
      int target = i / width / sources;
      int end =
          switch (to) {
            case BEFORE_TIME -> target;
            case TIME -> target + 1;
            case LAST -> time;
          };
      for (int j = from == RangeStart.FIRST ? 0 : i / width % sources + 1; j < end; j++) {
        products[i] *= factors[j * width + column];
      }
    }
    List<Axis> all = new ArrayList<>(ends);
    all.addAll(axes);
    return Value.shaped(
        Nd4j.createFromArray(products),
        all,
        all.stream().mapToLong(axis -> ends.contains(axis) ? time : operand.size(axis)).toArray());
  }

  /** Row by row; backwards with the columns of the matrix for its rows. */
  static Value solve(
      Value matrix, Value right, List<Axis> rows, List<Axis> columns, Direction direction) {
    boolean forward = direction == Direction.FORWARD;
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
    double[] solution = elements(spread(right, vector, matrix));
    inMatrix.addAll(others);
    double[] factors = elements(spread(matrix, inMatrix, right));
    int count = (int) right.length(rows);
    int width = solution.length / count;
    for (int step = 1; step < count; step++) {
      int r = forward ? step : count - 1 - step;
      for (int before = 0; before < step; before++) {
        int c = forward ? before : count - 1 - before;
        for (int i = 0; i < width; i++) {
          double factor = factors[(forward ? r * count + c : c * count + r) * width + i];
          solution[r * width + i] += factor * solution[c * width + i];
        }
      }
    }
    return Value.shaped(Nd4j.createFromArray(solution), vector, sizes(vector, right, matrix));
  }

  /** The rows of the value added up, one after the other. */
  static Value scatter(Value value, Axis axis, int size, Value index) {
    List<Axis> rest = without(value, index.axes());
    List<Axis> indexFirst = new ArrayList<>(index.axes());
    indexFirst.addAll(rest);
    double[] rows = elements(value.arranged(indexFirst));
    double[] numbers = elements(index);
    int width = rows.length / numbers.length;
    double[] sums = new double[size * width];
    for (int i = 0; i < rows.length; i++) {
      sums[(int) numbers[i / width] * width + i % width] += rows[i];
    }
    List<Axis> axes = new ArrayList<>(List.of(axis));
    axes.addAll(rest);
    return Value.shaped(
        Nd4j.createFromArray(sums),
        axes,
        axes.stream().mapToLong(a -> a.equals(axis) ? size : value.size(a)).toArray());
  }

  private static double[] elements(Value value) {
    return value.array().dup('c').data().asDouble();
  }

  private static Value spread(Value value, List<Axis> axes, Value other) {
    return value.repeatedTo(axes, sizes(axes, value, other));
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
