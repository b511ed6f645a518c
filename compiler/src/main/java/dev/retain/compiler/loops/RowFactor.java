package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A number for each row of a matrix.
 *
 * @param streams of what it reads
 * @param rows the axis of rows
 */
record RowFactor(Scalar value, Streams streams, Axis rows, ElementType real) {
  boolean isOne() {
    return value instanceof Scalar.Literal(double number) && number == 1;
  }

  /** The elements that a factor reads. */
  static Set<Scalar.Element> elements(Scalar factor) {
    Set<Scalar.Element> elements = new LinkedHashSet<>();
    collect(factor, elements);
    return elements;
  }

  private static void collect(Scalar value, Set<Scalar.Element> elements) {
    switch (value) {
      case Scalar.Element element -> elements.add(element);
      case Scalar.Apply(var function, List<Scalar> operands) ->
          operands.forEach(operand -> collect(operand, elements));
      case Scalar.Literal _, Scalar.Position _, Scalar.PairSign _ -> {}
    }
  }

  /** The number of the row {@code row}. */
  Value lowered(List<Statement> statements) {
    return new ScalarLowering(new Places(), real, real, false, new Names(), statements)
        .value(value);
  }

  /** Of the elements of a row. */
  private final class Places implements ScalarLowering.Places {
    @Override
    public String name(Scalar.Element element) {
      return streams.name(streams.number(element));
    }

    @Override
    public Index element(Scalar.Element element) {
      return Index.variable("row").times(Index.variable(name(element) + "Row"));
    }

    @Override
    public Index first(Scalar.Element element) {
      return element(element);
    }

    @Override
    public ScalarLowering.Movement movement(Scalar.Element element) {
      return ScalarLowering.Movement.STILL;
    }

    @Override
    public Index position(Axis axis) {
      throw new IllegalStateException("the position along " + axis + " is no factor of rows");
    }

    @Override
    public boolean isInner(Axis axis) {
      return false;
    }
  }
}
