package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;

/** Which element along one dimension of a buffer belongs to a position of the stage's axes. */
public sealed interface Coordinate {
  Axis axis();

  /** The element at the position itself. */
  record Along(Axis axis) implements Coordinate {}

  /** The element at half the position: that of the pair. */
  record Half(Axis axis) implements Coordinate {}

  /** The other element of the pair. */
  record Partner(Axis axis) implements Coordinate {}

  /** The same coordinate along another axis. */
  default Coordinate along(Axis other) {
    return switch (this) {
      case Along a -> new Along(other);
      case Half h -> new Half(other);
      case Partner p -> new Partner(other);
    };
  }
}
