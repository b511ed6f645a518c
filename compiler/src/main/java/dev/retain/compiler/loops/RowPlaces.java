package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Elements as a procedure sees them that works along one axis, from the places that its caller
 * names; strides and positions that are not constants are arguments.
 */
final class RowPlaces implements ScalarLowering.Places {
  private final Streams streams;
  private final Map<Axis, Index> inside;
  private final Axis inner;

  /**
   * @param inside the positions along the axes that the procedure itself loops over
   * @param inner the axis of vectors
   */
  RowPlaces(Streams streams, Map<Axis, Index> inside, Axis inner) {
    this.streams = streams;
    this.inside = inside;
    this.inner = inner;
  }

  @Override
  public String name(Scalar.Element element) {
    return streams.name(streams.number(element));
  }

  @Override
  public Index element(Scalar.Element element) {
    return offset(streams.number(element));
  }

  @Override
  public Index first(Scalar.Element element) {
    int stream = streams.number(element);
    Index offset = Index.ZERO;
    for (Map.Entry<Axis, Index> axis : inside.entrySet()) {
      Index stride = streams.stride(stream, axis.getKey());
      offset = offset.plus(Layout.times(axis.getValue(), stride));
    }
    return offset;
  }

  Index offset(int stream) {
    Index offset = Index.ZERO;
    for (Map.Entry<Axis, Index> axis : inside.entrySet()) {
      offset = offset.plus(streams.offset(stream, axis.getKey(), axis.getValue()));
    }
    return offset;
  }

  @Override
  public ScalarLowering.Movement movement(Scalar.Element element) {
    return ScalarLowering.movement(element, inner, streams.stride(streams.number(element), inner));
  }

  @Override
  public Index position(Axis axis) {
    Index position = inside.get(axis);
    return position == null ? Index.variable(argument(axis)) : position;
  }

  @Override
  public boolean isInner(Axis axis) {
    return axis.equals(inner);
  }

  /** The argument that brings the position along an axis outside of the procedure. */
  static String argument(Axis axis) {
    return "at_" + axis.name().replaceAll("[^A-Za-z0-9_]", "_");
  }

  /** The axes outside whose positions the procedure needs. */
  List<Axis> outside() {
    List<Axis> axes = new ArrayList<>();
    for (Axis axis : streams.positions()) {
      if (!inside.containsKey(axis)) {
        axes.add(axis);
      }
    }
    return axes;
  }
}
