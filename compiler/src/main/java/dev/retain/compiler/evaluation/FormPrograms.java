package dev.retain.compiler.evaluation;

import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Form;

/**
 * The program of each form, such as {@link RecurrenceUse#derive}; or another, to see it refuted.
 */
public interface FormPrograms {
  TensorProgram program(Form form, boolean ragged);
}
