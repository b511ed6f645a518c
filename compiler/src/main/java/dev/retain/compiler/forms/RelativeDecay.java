package dev.retain.compiler.forms;

import dev.retain.compiler.recurrence.Linear.Rotation;
import java.util.Optional;

/**
 * Of a state that is kept over the exponential of a running maximum, and read over one of its own
 * at each step: every exponential is of a difference that is at most 0, apart from roundings.
 */
record RelativeDecay(BlockMaximum maximum) implements BlockDecay {
  @Override
  public Optional<Rotation> rotation() {
    return Optional.empty();
  }

  @Override
  public int fromStart(boolean after) {
    return maximum.fromStart(after);
  }

  @Override
  public int between(BlockWrite write, boolean after) {
    return maximum.between(write.exponent(), after);
  }

  @Override
  public int whole() {
    return maximum.whole();
  }

  @Override
  public int toEnd(BlockWrite write) {
    return maximum.toEnd(write.exponent());
  }

  @Override
  public int phase(boolean after) {
    throw new IllegalStateException("it does not turn");
  }

  @Override
  public int wholePhase() {
    throw new IllegalStateException("it does not turn");
  }
}
