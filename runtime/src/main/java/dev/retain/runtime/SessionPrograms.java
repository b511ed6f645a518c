package dev.retain.runtime;

import dev.retain.runtime.engine.BlockInputs;
import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.ModelDescription;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The programs of a session, each with memory for the longest block that it was asked for. */
final class SessionPrograms implements AutoCloseable {
  /**
   * A form's program with its memory.
   *
   * @param states those that it carries: the model's, or its own
   */
  record Bound(BoundProgram program, BlockInputs inputs, StateMemory states) {}

  private final RetainModel model;
  private final ModelDescription description;
  private final StateMemory states;
  private final int batch;

  /** By the name of the form. */
  private final Map<String, Bound> dense = new HashMap<>();

  private final Map<String, Bound> ragged = new HashMap<>();

  /**
   * @param states of the model, which all derived forms carry
   */
  SessionPrograms(RetainModel model, StateMemory states, int batch) {
    this.model = model;
    this.description = model.description();
    this.states = states;
    this.batch = batch;
  }

  /** That of dense blocks, if it was ever bound; else null. */
  Bound known(String form) {
    return dense.get(form);
  }

  /**
   * What computes a form.
   *
   * @throws RetainException if the model has no such form, or none with padding and resets
   */
  FormProgram program(String form, boolean isRagged) {
    Bound known = (isRagged ? ragged : dense).get(form);
    if (known != null) {
      return known.program().program();
    }
    FormProgram whole = description.form(form);
    return isRagged
        ? description
            .program(form, true)
            .orElseThrow(() ->
                new ModelException(
                    "the "
                        + form
                        + " form of the model "
                        + description.name()
                        + " reads whole sequences only, without padding or resets; for those, use: "
                        + description.programs().stream()
                            .filter(FormProgram::ragged)
                            .map(FormProgram::name)
                            .collect(Collectors.joining(", "))))
        : whole;
  }

  /** Makes sure that the program has memory for such blocks. */
  Bound bind(FormProgram program, int block) {
    Map<String, Bound> bound = program.ragged() ? ragged : dense;
    Bound known = bound.get(program.name());
    if (known != null && known.program().capacity() >= block) {
      return known;
    }
    StateMemory carried = known == null ? memory(program) : known.states();
    if (known != null) {
      known.program().close();
      bound.remove(program.name());
    }
    BoundProgram fitting = model.bind(program, carried, batch, block);
    Bound result = new Bound(fitting, new BlockInputs(fitting), carried);
    bound.put(program.name(), result);
    return result;
  }

  private StateMemory memory(FormProgram program) {
    return program.isWrittenByHand()
        ? new StateMemory(program.states(), description.real(), batch)
        : states;
  }

  @Override
  public void close() {
    dense.values().forEach(this::close);
    ragged.values().forEach(this::close);
  }

  private void close(Bound bound) {
    bound.program().close();
    if (bound.states() != states) {
      bound.states().close();
    }
  }
}
