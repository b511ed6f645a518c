package dev.retain.compiler.evaluation;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.Extent;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RangeEnd;
import dev.retain.compiler.tensor.RangeStart;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Evaluates graphs element by element.
 *
 * @param batch the number of sequences
 * @param time the number of steps of the block
 * @param leaves the tensors that come from outside
 */
public record GraphEvaluator<N>(Algebra<N> algebra, int batch, int time, Leaves<N> leaves) {
  /** The tensor that a parameter, constant, input or state of a graph stands for. */
  public interface Leaves<N> {
    Tensor<N> tensor(Node leaf);
  }

  /** The value of each node, by id. */
  public List<Tensor<N>> evaluate(Graph graph) {
    List<Tensor<N>> values = new ArrayList<>(graph.nodes().size());
    for (Node node : graph.nodes()) {
      values.add(evaluate(node, values));
    }
    return values;
  }

  public List<Integer> sizes(List<Axis> axes) {
    List<Integer> sizes = new ArrayList<>(axes.size());
    for (Axis axis : axes) {
      sizes.add(size(axis));
    }
    return sizes;
  }

  private int size(Axis axis) {
    return switch (axis.extent()) {
      case Extent.Fixed(int size) -> size;
      case Extent.Symbol.BATCH -> batch;
      case Extent.Symbol.TIME -> time;
    };
  }

  private Tensor<N> evaluate(Node node, List<Tensor<N>> values) {
    return switch (node.operation()) {
      case Operation.Literal(double value) ->
          new Tensor<>(List.of(), List.of(), List.of(algebra.number(value)));
      case Operation.Parameter p -> leaf(node);
      case Operation.Constant c -> leaf(node);
      case Operation.Input i -> leaf(node);
      case Operation.State s -> leaf(node);
      case Operation.Index i -> index(node.axes());
      case Operation.Pointwise(Function function, List<Integer> operands) ->
          pointwise(node.axes(), function, operands(operands, values));
      case Operation.Contract(int left, int right, List<Axis> over) ->
          contract(node.axes(), values.get(left), values.get(right), over);
      case Operation.Reduce(Reduction reduction, int operand, List<Axis> over) ->
          reduce(node.axes(), reduction, values.get(operand), over);
      case Operation.Gather(int table, Axis axis, int index) ->
          gather(node.axes(), values.get(table), axis, values.get(index));
      case Operation.Scatter(int value, Axis axis, int index) ->
          scatter(node.axes(), values.get(value), axis, values.get(index));
      case Operation.Turn(int operand, int angle, Axis axis, Axis pair) ->
          turn(node.axes(), values.get(operand), values.get(angle), axis, pair);
      case Operation.Rename(int operand, Axis from, Axis to) ->
          renamed(values.get(operand), from, to).along(node.axes(), sizes(node.axes()));
      case Operation.CumulativeSum(int operand, Direction direction) ->
          new StepOperations<>(algebra).cumulativeSum(values.get(operand), direction);
      case Operation.RangeProduct(int operand, RangeStart from, RangeEnd to) ->
          new StepOperations<>(algebra)
              .rangeProduct(values.get(operand), from, to)
              .along(node.axes(), sizes(node.axes()));
      case Operation.Solve(
              int matrix,
              int right,
              List<Axis> rows,
              List<Axis> columns,
              var direction) ->
          new StepOperations<>(algebra)
              .solve(
                  values.get(matrix),
                  values.get(right).along(node.axes(), sizes(node.axes())),
                  rows,
                  columns,
                  direction);
      case Operation.Dropout(int operand, double rate, int site) -> values.get(operand);
      case Operation.Recur(var call, var arguments) ->
          throw new IllegalStateException(call.name() + " has a value only in a form");
    };
  }

  private static <N> List<Tensor<N>> operands(List<Integer> ids, List<Tensor<N>> values) {
    List<Tensor<N>> operands = new ArrayList<>(ids.size());
    for (int id : ids) {
      operands.add(values.get(id));
    }
    return operands;
  }

  private Tensor<N> leaf(Node node) {
    Tensor<N> tensor = leaves.tensor(node);
    if (!tensor.axes().equals(node.axes()) || !tensor.sizes().equals(sizes(node.axes()))) {
      throw new IllegalArgumentException(
          "%s should be %s of %s, and is %s of %s"
              .formatted(
                  node.operation(),
                  node.axes(),
                  sizes(node.axes()),
                  tensor.axes(),
                  tensor.sizes()));
    }
    return tensor;
  }

  private Tensor<N> index(List<Axis> axes) {
    List<N> elements = new ArrayList<>();
    for (int i = 0; i < size(axes.getFirst()); i++) {
      elements.add(algebra.number(i));
    }
    return new Tensor<>(axes, sizes(axes), elements);
  }

  private Tensor<N> pointwise(List<Axis> axes, Function function, List<Tensor<N>> operands) {
    int[][] strides = new int[operands.size()][];
    for (int i = 0; i < strides.length; i++) {
      strides[i] = operands.get(i).strides(axes);
    }
    Walk walk = new Walk(sizes(axes), strides);
    List<N> numbers = new ArrayList<>(Collections.nCopies(operands.size(), null));
    return Tensor.of(
        axes,
        sizes(axes),
        () -> {
          for (int i = 0; i < operands.size(); i++) {
            numbers.set(i, operands.get(i).elements().get(walk.offset(i)));
          }
          walk.step();
          return algebra.apply(function, numbers);
        });
  }

  private Tensor<N> contract(List<Axis> axes, Tensor<N> left, Tensor<N> right, List<Axis> over) {
    List<Axis> all = new ArrayList<>(axes);
    all.addAll(over);
    Walk walk = new Walk(sizes(all), left.strides(all), right.strides(all));
    int terms = Tensor.count(sizes(over));
    return Tensor.of(
        axes,
        sizes(axes),
        () -> {
          N sum = algebra.number(0);
          for (int i = 0; i < terms; i++) {
            N product =
                algebra.multiply(
                    left.elements().get(walk.offset(0)), right.elements().get(walk.offset(1)));
            sum = i == 0 ? product : algebra.add(sum, product);
            walk.step();
          }
          return sum;
        });
  }

  private Tensor<N> reduce(
      List<Axis> axes, Reduction reduction, Tensor<N> operand, List<Axis> over) {
    List<Axis> all = new ArrayList<>(axes);
    all.addAll(over);
    Walk walk = new Walk(sizes(all), operand.strides(all));
    int terms = Tensor.count(sizes(over));
    return Tensor.of(
        axes,
        sizes(axes),
        () -> {
          N result = algebra.number(0);
          for (int i = 0; i < terms; i++) {
            N element = operand.elements().get(walk.offset(0));
            result =
                i == 0
                    ? element
                    : switch (reduction) {
                      case SUM -> algebra.add(result, element);
                      case MAXIMUM -> algebra.apply(Function.MAX, List.of(result, element));
                    };
            walk.step();
          }
          return result;
        });
  }

  private Tensor<N> gather(List<Axis> axes, Tensor<N> table, Axis axis, Tensor<N> index) {
    int[] inTable = table.strides(axes);
    // Where the index itself runs along an axis of the table's name, the table does not.
    if (axes.contains(axis)) {
      inTable[axes.indexOf(axis)] = 0;
    }
    Walk walk = new Walk(sizes(axes), inTable, index.strides(axes));
    return Tensor.of(
        axes,
        sizes(axes),
        () -> {
          int row = algebra.index(index.elements().get(walk.offset(1)));
          N element = table.elements().get(walk.offset(0) + row * table.stride(axis));
          walk.step();
          return element;
        });
  }

  private Tensor<N> scatter(List<Axis> axes, Tensor<N> value, Axis axis, Tensor<N> index) {
    List<Axis> rest = axes.stream().filter(a -> !a.equals(axis)).toList();
    Tensor<N> zero = Tensor.of(axes, sizes(axes), () -> algebra.number(0));
    List<N> sums = new ArrayList<>(zero.elements());
    Walk rows = new Walk(index.sizes(), value.strides(index.axes()));
    for (N number : index.elements()) {
      int start = algebra.index(number) * zero.stride(axis);
      Walk row = new Walk(sizes(rest), value.strides(rest), zero.strides(rest));
      for (int i = 0; i < Tensor.count(sizes(rest)); i++) {
        int place = start + row.offset(1);
        N element = value.elements().get(rows.offset(0) + row.offset(0));
        sums.set(place, algebra.add(sums.get(place), element));
        row.step();
      }
      rows.step();
    }
    return new Tensor<>(axes, sizes(axes), sums);
  }

  private Tensor<N> turn(
      List<Axis> axes, Tensor<N> operand, Tensor<N> angle, Axis axis, Axis pair) {
    Tensor<N> cosine = pointwise(angle.axes(), Function.COS, List.of(angle));
    Tensor<N> sine = pointwise(angle.axes(), Function.SIN, List.of(angle));
    int[] inAngle = angle.strides(axes);
    // The operand may have an axis like the pairs of its own.
    if (axes.contains(pair)) {
      inAngle[axes.indexOf(pair)] = 0;
    }
    Walk walk = new Walk(sizes(axes), operand.strides(axes), inAngle);
    int along = axes.indexOf(axis);
    int apart = operand.stride(axis);
    return Tensor.of(
        axes,
        sizes(axes),
        () -> {
          boolean odd = walk.place(along) % 2 == 1;
          int at = walk.offset(1) + walk.place(along) / 2 * angle.stride(pair);
          N own = operand.elements().get(walk.offset(0));
          N partner = operand.elements().get(walk.offset(0) + (odd ? -apart : apart));
          N kept = algebra.multiply(own, cosine.elements().get(at));
          N mixed = algebra.multiply(partner, sine.elements().get(at));
          walk.step();
          return odd
              ? algebra.add(kept, mixed)
              : algebra.apply(Function.SUBTRACT, List.of(kept, mixed));
        });
  }

  private static <N> Tensor<N> renamed(Tensor<N> tensor, Axis from, Axis to) {
    return new Tensor<>(
        tensor.axes().stream().map(axis -> axis.equals(from) ? to : axis).toList(),
        tensor.sizes(),
        tensor.elements());
  }
}
