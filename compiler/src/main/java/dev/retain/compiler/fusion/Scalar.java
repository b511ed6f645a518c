package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import java.util.List;

/**
 * How one element is computed from elements of buffers. The same object may appear in several
 * places; it is then computed once.
 */
public sealed interface Scalar {
  record Literal(double value) implements Scalar {}

  /** An element of a buffer; a coordinate for each of its axes. */
  record Element(Buffer buffer, List<Coordinate> coordinates) implements Scalar {
    public Element {
      coordinates = List.copyOf(coordinates);
    }
  }

  /** The position along the axis. */
  record Position(Axis axis) implements Scalar {}

  /** 1 at odd positions along the axis, -1 at even ones. */
  record PairSign(Axis axis) implements Scalar {}

  record Apply(Function function, List<Scalar> operands) implements Scalar {
    public Apply {
      operands = List.copyOf(operands);
    }
  }
}
