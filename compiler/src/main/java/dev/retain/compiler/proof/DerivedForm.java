package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.FormPrograms;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.runtime.program.Form;
import java.util.List;
import java.util.Optional;

/** A form that the compiler derives, to be proved like any other. */
public final class DerivedForm {
  private DerivedForm() {}

  public static FormUnderProof of(RecurrenceUse use, Form form) {
    return of(use, form, use::derive);
  }

  /** With other programs than the derived ones, to see them refuted. */
  public static FormUnderProof of(RecurrenceUse use, Form form, FormPrograms programs) {
    List<FormUnderProof.Kept> kept =
        use.call().states().stream()
            .map(state -> new FormUnderProof.Kept(state.name(), state.axes(), state.initial()))
            .toList();
    return new FormUnderProof(
        form.text(),
        programs.program(form, false),
        Optional.of(programs.program(form, true)),
        kept,
        StatesAsWritten.of(use.normalForm()));
  }
}
