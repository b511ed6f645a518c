package dev.retain.compiler.forms;

import dev.retain.compiler.recurrence.Linear.Rotation;
import java.util.Optional;

/**
 * What a state keeps over ranges of steps of a block: of itself, and of what is written to it. A
 * reset, and where nothing of a range counts, is part of what is kept of a write; of the state
 * before the block the {@link Clock} tells.
 */
sealed interface BlockDecay permits WrittenDecay, RelativeDecay {
  /** How the state turns, if it does. */
  Optional<Rotation> rotation();

  /** From the state before the block to the one before, or after, each step along TIME. */
  int fromStart(boolean after);

  /**
   * Of a write, from after each step along SOURCE to before, or after, each step along TIME; else
   * 0.
   */
  int between(BlockWrite write, boolean after);

  /** From the state before the block to the one after it. */
  int whole();

  /** Of a write, from after each step along SOURCE to the end of the block; else 0. */
  int toEnd(BlockWrite write);

  /** How far the state has turned within the block before, or after, each step along TIME. */
  int phase(boolean after);

  /** How far the state turns in the whole block. */
  int wholePhase();
}
