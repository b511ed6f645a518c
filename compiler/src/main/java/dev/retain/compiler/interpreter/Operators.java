package dev.retain.compiler.interpreter;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Each operation on values with named axes, by ND4J's own operators; the axes' order is free. */
final class Operators {
  private Operators() {}

  static Value pointwise(Function function, List<Value> operands) {
    List<Axis> axes = union(operands);
    List<INDArray> x = operands.stream().map(operand -> operand.alignedTo(axes)).toList();
    return new Value(
        axes,
        switch (function) {
          case ADD -> apply("add", x);
          case SUBTRACT -> apply("subtract", x);
          case MULTIPLY -> apply("multiply", x);
          case DIVIDE -> apply("divide", x);
          case POWER -> apply("Pow", x);
          case MAX -> apply("maximum", x);
          case MIN -> apply("minimum", x);
          case LESS -> apply("less", x).castTo(DataType.DOUBLE);
          case LESS_OR_EQUAL -> apply("less_equal", x).castTo(DataType.DOUBLE);
          case EQUAL -> apply("equals", x).castTo(DataType.DOUBLE);
          case SELECT -> select(x);
          case NEGATE -> Transforms.neg(x.getFirst(), true);
          case EXP -> Transforms.exp(x.getFirst(), true);
          case LOG -> Transforms.log(x.getFirst(), true);
          case SQRT -> Transforms.sqrt(x.getFirst(), true);
          case ERF -> Nd4j.exec(new Erf(x.getFirst(), x.getFirst().ulike()));
          case TANH -> Transforms.tanh(x.getFirst(), true);
          case SIN -> Transforms.sin(x.getFirst(), true);
          case COS -> Transforms.cos(x.getFirst(), true);
          case ABS -> Transforms.abs(x.getFirst(), true);
          case ROUND, STOP_GRADIENT -> x.getFirst();
        });
  }

  /** ND4J's `select` wants equal shapes; a mask times the value would let NaN through. */
  private static INDArray select(List<INDArray> x) {
    long[] shape = new long[x.getFirst().rank()];
    Arrays.setAll(shape, d -> x.stream().mapToLong(operand -> operand.size(d)).max().orElseThrow());
    List<INDArray> repeated = x.stream().map(operand -> repeated(operand, shape)).toList();
    return apply("select", List.of(repeated.get(0).neq(0.0), repeated.get(1), repeated.get(2)));
  }

  /** The array repeated along its dimensions of size 1. */
  static INDArray repeated(INDArray array, long[] shape) {
    return Arrays.equals(array.shape(), shape)
        ? array
        : apply("add", List.of(array, Nd4j.zeros(DataType.DOUBLE, shape)));
  }

  /** The axes that both have and that are not summed over come first. */
  static Value contract(Value left, Value right, List<Axis> over) {
    List<Axis> both = left.axes().stream().filter(right.axes()::contains).toList();
    List<Axis> kept = without(both, over);
    List<Axis> leftOnly = without(left.axes(), both);
    List<Axis> rightOnly = without(right.axes(), both);
    INDArray product =
        apply(
            "matmul",
            List.of(
                left.grouped(List.of(kept, leftOnly, over)),
                right.grouped(List.of(kept, over, rightOnly))));
    List<Axis> axes = new ArrayList<>(kept);
    axes.addAll(leftOnly);
    axes.addAll(rightOnly);
    return Value.shaped(
        product,
        axes,
        axes.stream().mapToLong(a -> (left.axes().contains(a) ? left : right).size(a)).toArray());
  }

  static Value reduce(Reduction reduction, Value operand, List<Axis> over) {
    List<Axis> kept = without(operand.axes(), over);
    INDArray rows = operand.grouped(List.of(kept, over));
    INDArray reduced =
        switch (reduction) {
          case SUM -> rows.sum(1);
          case MAXIMUM -> rows.max(1);
        };
    return Value.shaped(reduced, kept, kept.stream().mapToLong(operand::size).toArray());
  }

  static Value gather(Value table, Axis axis, Value index) {
    List<Axis> rest = without(table.axes(), List.of(axis));
    double[] wanted = index.array().data().asDouble();
    long[] rows = new long[Math.toIntExact(index.array().length())];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (long) wanted[i];
      if (rows[i] != wanted[i] || rows[i] < 0 || rows[i] >= table.size(axis)) {
        throw new IllegalArgumentException(
            "%s is no index along %s: it must be a whole number from 0 to %d"
                .formatted(wanted[i], axis, table.size(axis) - 1));
      }
    }
    INDArray gathered =
        Nd4j.exec(
            DynamicCustomOp.builder("gather")
                .addInputs(table.grouped(List.of(List.of(axis), rest)), Nd4j.createFromArray(rows))
                .addIntegerArguments(0)
                .build())[0];
    List<Axis> axes = new ArrayList<>(index.axes());
    axes.addAll(rest);
    return Value.shaped(
        gathered,
        axes,
        axes.stream().mapToLong(a -> (rest.contains(a) ? table : index).size(a)).toArray());
  }

  static Value turn(Value operand, Value angle, Axis axis, Axis pair) {
    List<Axis> rest = without(operand.axes(), List.of(axis));
    long pairs = operand.size(axis) / 2;
    INDArray interleaved =
        operand.grouped(List.of(rest, List.of(axis))).reshape('c', operand.length(rest) * pairs, 2);
    // A name that no model can use: the operand may have an axis like `pair` of its own.
    Axis slot = Axis.of("pairs of " + axis, Math.toIntExact(pairs));
    List<Axis> axes = new ArrayList<>(rest);
    axes.add(slot);
    long[] sizes = new long[axes.size()];
    Arrays.setAll(sizes, i -> i < rest.size() ? operand.size(rest.get(i)) : pairs);
    Value even = Value.shaped(column(interleaved, 0), axes, sizes);
    Value odd = Value.shaped(column(interleaved, 1), axes, sizes);
    Value turn = angle.renamed(pair, slot);
    Value cosine = pointwise(Function.COS, List.of(turn));
    Value sine = pointwise(Function.SIN, List.of(turn));
    Value newEven = minus(times(even, cosine), times(odd, sine));
    Value newOdd =
        pointwise(Function.ADD, List.of(times(odd, cosine), times(even, sine)))
            .arranged(newEven.axes());

    List<Axis> turned = without(newEven.axes(), List.of(slot));
    List<List<Axis>> groups = List.of(turned, List.of(slot));
    long rows = newEven.length(turned);
    INDArray joined =
        Nd4j.concat(
            2,
            newEven.grouped(groups).reshape('c', rows, pairs, 1),
            newOdd.grouped(groups).reshape('c', rows, pairs, 1));
    List<Axis> result = new ArrayList<>(turned);
    result.add(axis);
    long[] shape = new long[result.size()];
    Arrays.setAll(shape, i -> i < turned.size() ? newEven.size(turned.get(i)) : 2 * pairs);
    return Value.shaped(joined, result, shape);
  }

  static Value index(Axis axis, int size) {
    double[] steps = new double[size];
    Arrays.setAll(steps, i -> i);
    return new Value(List.of(axis), Nd4j.create(steps, new long[] {size}, 'c'));
  }

  private static INDArray column(INDArray pairs, int i) {
    return pairs.get(NDArrayIndex.all(), NDArrayIndex.point(i));
  }

  private static Value times(Value left, Value right) {
    return pointwise(Function.MULTIPLY, List.of(left, right));
  }

  private static Value minus(Value left, Value right) {
    return pointwise(Function.SUBTRACT, List.of(left, right));
  }

  private static INDArray apply(String operator, List<INDArray> operands) {
    return Nd4j.exec(
        DynamicCustomOp.builder(operator).addInputs(operands.toArray(INDArray[]::new)).build())[0];
  }

  private static List<Axis> union(List<Value> values) {
    Set<Axis> axes = new LinkedHashSet<>();
    values.forEach(value -> axes.addAll(value.axes()));
    return List.copyOf(axes);
  }

  private static List<Axis> without(List<Axis> axes, List<Axis> removed) {
    return axes.stream().filter(axis -> !removed.contains(axis)).toList();
  }
}
