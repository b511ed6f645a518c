package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Inputs;
import java.util.List;
import java.util.Optional;

/**
 * A form that is claimed to compute what a recurrence does, block by block.
 *
 * <p>Its programs are blocks over {@link Axis#BATCH} and {@link Axis#TIME}. They read the
 * recurrence's inputs as {@code in.<name>} ({@code Input} with the block's axes in front for a role
 * of {@code in}, {@code Constant} or {@code Parameter} without them), the states that the form
 * keeps by their names, [batch, ...], the inputs of {@link dev.retain.runtime.program.Inputs}, and
 * {@link #CHUNK}.
 *
 * @param name how the form is called in messages
 * @param whole the program of a block in which every step counts
 * @param ragged the program of a block with padding and resets, if the form has one
 * @param kept the states that the form keeps from block to block; none if it starts from rest
 * @param asWritten the recurrence's states, made of those that the form keeps; a state that it does
 *     not make is not compared. Its graph reads kept states by name, the recurrence's constants and
 *     parameters by their plain names, and the position.
 */
public record FormUnderProof(
    String name,
    TensorProgram whole,
    Optional<TensorProgram> ragged,
    List<Kept> kept,
    StatesAsWritten asWritten) {
  /**
   * The name of an input, [] of wide numbers: how long the chunks are that a sequence is cut into.
   * The last one may be shorter: TIME is the real length of a block.
   */
  public static final String CHUNK = Inputs.CHUNK;

  public FormUnderProof {
    kept = List.copyOf(kept);
  }

  /**
   * A state of the form.
   *
   * @param axes without the batch
   * @param initial every element's value before the first step
   */
  public record Kept(String name, List<Axis> axes, double initial) {
    public Kept {
      axes = List.copyOf(axes);
    }
  }

  /**
   * A form that is written by hand.
   *
   * @param use the same use of the recurrence, over axes as small: see {@link RecurrenceUse#small}
   */
  public static FormUnderProof of(RecurrenceUse use, HandWrittenForm form) {
    return new FormUnderProof(
        form.name(),
        use.derive(form),
        Optional.empty(),
        form.states().stream()
            .map(state -> new Kept(state.name(), state.axes(), state.initial()))
            .toList(),
        form.asWritten());
  }

  /** Whether the form takes no state from a block before, and so only holds from rest. */
  public boolean isFromRest() {
    return kept.isEmpty();
  }
}
