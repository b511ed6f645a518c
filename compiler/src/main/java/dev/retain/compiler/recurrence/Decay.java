package dev.retain.compiler.recurrence;

import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.tensor.Role;
import java.util.Optional;

/**
 * What a state keeps of itself from step to step: {@code factor * turned state}.
 *
 * @param shape along which of the state's own axes the factor differs
 * @param variation how the factor changes with time
 * @param factor the product of its factors
 * @param rotation how pairs of channels turn, if they do
 * @param turning how the angle changes with time; constant where nothing turns
 */
public record Decay(
    Shape shape, Role variation, Product factor, Optional<Rotation> rotation, Role turning) {

  /** Along which axes of the state the decay differs (those of the heads apart). */
  public enum Shape {
    /** The state forgets everything at each step. */
    ZERO,
    /** The state is a plain sum. */
    NONE,
    /** One factor for the whole state. */
    SCALAR,
    /** A factor along some of the state's axes. */
    DIAGONAL,
    /** A factor for each element. */
    ELEMENT
  }
}
