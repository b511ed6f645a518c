package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Coordinate;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The elements that a value reads, each a stream through a buffer as the loops go on, and the
 * target's, which comes first.
 */
final class Streams {
  private final List<Buffer> buffers = new ArrayList<>();
  private final List<List<Coordinate>> coordinates = new ArrayList<>();
  private final Map<Scalar.Element, Integer> numbers = new LinkedHashMap<>();
  private final Set<Axis> positions = new LinkedHashSet<>();

  Streams(Buffer target, Scalar value) {
    this(target, target.axes(), value);
  }

  /**
   * @param axes the names that the value has for the target's axes
   */
  Streams(Buffer target, List<Axis> axes, Scalar value) {
    add(target, axes.stream().<Coordinate>map(Coordinate.Along::new).toList());
    collect(value);
  }

  private void add(Buffer buffer, List<Coordinate> at) {
    buffers.add(buffer);
    coordinates.add(at);
  }

  private void collect(Scalar value) {
    switch (value) {
      case Scalar.Literal l -> {}
      case Scalar.Position(Axis axis) -> positions.add(axis);
      case Scalar.PairSign(Axis axis) -> positions.add(axis);
      case Scalar.Element element -> {
        if (!numbers.containsKey(element)) {
          numbers.put(element, buffers.size());
          add(element.buffer(), element.coordinates());
        }
      }
      case Scalar.Apply(var function, var operands) -> operands.forEach(this::collect);
    }
  }

  List<Buffer> buffers() {
    return buffers;
  }

  List<BufferParameter> parameters() {
    List<BufferParameter> parameters = new ArrayList<>();
    for (int i = 0; i < buffers.size(); i++) {
      parameters.add(new BufferParameter(name(i), buffers.get(i).type()));
    }
    return parameters;
  }

  /** {@code out} for the target, {@code in1}, {@code in2}, ... for what is read. */
  String name(int stream) {
    return stream == 0 ? "out" : "in" + stream;
  }

  int number(Scalar.Element element) {
    return numbers.get(element);
  }

  int count() {
    return buffers.size();
  }

  /** The axes whose positions the value is made of. */
  Set<Axis> positions() {
    return positions;
  }

  /** How far one step along the axis goes in each stream, coordinates of pairs counted as whole. */
  List<Index> strides(Axis axis) {
    List<Index> result = new ArrayList<>();
    for (int stream = 0; stream < buffers.size(); stream++) {
      result.add(stride(stream, axis));
    }
    return result;
  }

  Index stride(int stream, Axis axis) {
    List<Index> strides = Layout.strides(buffers.get(stream));
    for (int d = 0; d < strides.size(); d++) {
      if (coordinates.get(stream).get(d).axis().equals(axis)) {
        return strides.get(d);
      }
    }
    return Index.ZERO;
  }

  /** The place in a stream that belongs to a position along one axis. */
  Index offset(int stream, Axis axis, Index position) {
    Index stride = stride(stream, axis);
    for (Coordinate coordinate : coordinates.get(stream)) {
      if (coordinate.axis().equals(axis)) {
        return switch (coordinate) {
          case Coordinate.Along a -> Layout.times(position, stride);
          case Coordinate.Half h -> Layout.times(position.dividedBy(2), stride);
          case Coordinate.Partner p -> partner(position).times(stride);
        };
      }
    }
    return Index.ZERO;
  }

  /** Where each stream is, for the positions along some axes. */
  List<Statement.Place> places(Map<Axis, Index> at) {
    List<Statement.Place> places = new ArrayList<>();
    for (int stream = 0; stream < count(); stream++) {
      places.add(new Statement.Place(name(stream), place(stream, at)));
    }
    return places;
  }

  /** The same, with buffers under other names. */
  List<Statement.Place> places(Map<Axis, Index> at, Function<Buffer, String> name) {
    List<Statement.Place> places = new ArrayList<>();
    for (int stream = 0; stream < count(); stream++) {
      places.add(new Statement.Place(name.apply(buffers.get(stream)), place(stream, at)));
    }
    return places;
  }

  Index place(int stream, Map<Axis, Index> at) {
    Index place = Index.ZERO;
    for (Map.Entry<Axis, Index> axis : at.entrySet()) {
      place = place.plus(offset(stream, axis.getKey(), axis.getValue()));
    }
    return place;
  }

  /** 2j + 1 for 2j and 2j for 2j + 1. */
  private static Index partner(Index position) {
    return position.plus(Index.ONE).minus(position.remainder(Index.of(2)).times(2));
  }

  /** Axes that cannot be merged with the axis inside them. */
  boolean standsAlone(Axis axis) {
    Set<Axis> special = new HashSet<>(positions);
    coordinates.forEach(at ->
        at.stream()
            .filter(c -> !(c instanceof Coordinate.Along))
            .forEach(c -> special.add(c.axis())));
    return special.contains(axis);
  }

  /** Axes that cannot be merged with the axis around them: positions and halves would change. */
  boolean startsAnew(Axis axis) {
    return positions.contains(axis)
        || coordinates.stream()
            .flatMap(List::stream)
            .anyMatch(c -> c instanceof Coordinate.Half && c.axis().equals(axis));
  }
}
