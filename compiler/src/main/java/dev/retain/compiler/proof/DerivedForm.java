package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.FormPrograms;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.forms.FormDerivation;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.recurrence.Normalizer;
import dev.retain.compiler.recurrence.NotLinearException;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.runtime.program.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A form that the compiler derives, to be proved like any other. */
public final class DerivedForm {
  private DerivedForm() {}

  public static FormUnderProof of(RecurrenceUse use, Form form) {
    return of(use, form, use::derive);
  }

  /** With other programs than the derived ones, to see them refuted. */
  public static FormUnderProof of(RecurrenceUse use, Form form, FormPrograms programs) {
    return new FormUnderProof(
        form.text(),
        programs.program(form, false),
        Optional.of(programs.program(form, true)),
        kept(use),
        asWritten(use));
  }

  /**
   * The steps of another recurrence of the same inputs, to be held against those of this one.
   *
   * @param use the one that they should be equal to
   */
  public static FormUnderProof steps(RecurrenceUse other, RecurrenceUse use) {
    StatesAsWritten written = asWritten(other);
    SortedMap<String, Integer> comparable = new TreeMap<>(written.states());
    comparable
        .keySet()
        .removeIf(name ->
            use.call().states().stream()
                .noneMatch(state ->
                    state.name().equals(name) && state.axes().containsAll(axes(other, name))));
    return new FormUnderProof(
        other.call().name(),
        other.derive(Form.RECURRENT, false),
        Optional.empty(),
        kept(other),
        new StatesAsWritten(written.graph(), comparable));
  }

  private static List<Axis> axes(RecurrenceUse use, String state) {
    return use.call().states().stream()
        .filter(s -> s.name().equals(state))
        .findFirst()
        .orElseThrow()
        .axes();
  }

  private static List<FormUnderProof.Kept> kept(RecurrenceUse use) {
    return FormDerivation.kept(use.call()).stream()
        .map(state -> new FormUnderProof.Kept(state.name(), state.axes(), state.initial()))
        .toList();
  }

  /** What is not linear in its states has but one form, which keeps them as they are. */
  private static StatesAsWritten asWritten(RecurrenceUse use) {
    try {
      return StatesAsWritten.of(Normalizer.normalize(use.call()));
    } catch (NotLinearException recurrentOnly) {
      GraphBuilder graph = new GraphBuilder();
      SortedMap<String, Integer> states = new TreeMap<>();
      for (RecurrenceCall.State state : use.call().states()) {
        List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
        axes.addAll(state.axes());
        states.put(state.name(), graph.state(state.name(), axes, state.span()));
      }
      return new StatesAsWritten(graph.build(), states);
    }
  }
}
