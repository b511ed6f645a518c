package dev.retain.compiler;

import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.evaluation.FormPrograms;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.forms.FormDerivation;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.forms.UnsupportedFormException;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.proof.DerivedForm;
import dev.retain.compiler.proof.FormUnderProof;
import dev.retain.compiler.proof.Measured;
import dev.retain.compiler.proof.ProofCache;
import dev.retain.compiler.proof.Prover;
import dev.retain.compiler.proof.Verdict;
import dev.retain.compiler.recurrence.Normalizer;
import dev.retain.compiler.recurrence.NotLinearException;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.types.Model;
import dev.retain.compiler.types.RecurrenceModel;
import dev.retain.compiler.types.SmallSizes;
import dev.retain.runtime.program.Form;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The uses of one recurrence, in a model or by itself, over small axes, equal ones once.
 *
 * @param handWritten the forms of those uses that are written by hand
 */
record Uses(Set<RecurrenceUse> uses, Set<HandWrittenForm> handWritten) {

  /** Those that a model makes of the recurrence that is declared there. */
  static Uses in(Model model, Span declaration) {
    Set<RecurrenceUse> uses = new LinkedHashSet<>();
    model.step().nodes().stream()
        .map(node -> node.operation())
        .filter(Operation.Recur.class::isInstance)
        .map(Operation.Recur.class::cast)
        .filter(recur -> recur.call().span().equals(declaration))
        .forEach(recur -> uses.add(RecurrenceUse.of(model.step(), recur)));
    Set<HandWrittenForm> forms = new LinkedHashSet<>();
    model.forms().stream()
        .filter(form -> form.call().span().equals(declaration))
        .forEach(form -> forms.add(RecurrenceUse.small(form)));
    return new Uses(uses, forms);
  }

  /** The recurrence by itself, over axes of several sizes. */
  static Uses alone(Program program, Scope.Entry entry, Diagnostics diagnostics) {
    Uses all = new Uses(new LinkedHashSet<>(), new LinkedHashSet<>());
    for (Map<String, RecurrenceModel.Argument> arguments :
        SmallSizes.of(program, entry, diagnostics)) {
      Model model = RecurrenceModel.of(program, entry, arguments, diagnostics);
      Uses some = in(model, entry.declaration().span());
      all.uses.addAll(some.uses);
      all.handWritten.addAll(some.handWritten);
    }
    return all;
  }

  boolean isEmpty() {
    return uses.isEmpty();
  }

  /** The names of the forms that are written by hand. */
  List<String> namesOfHandWritten() {
    return handWritten.stream().map(HandWrittenForm::name).distinct().toList();
  }

  /** Why there is no derived form of blocks, if there is none. */
  Optional<String> recurrentOnly() {
    try {
      for (RecurrenceUse use : uses) {
        FormDerivation.check(Normalizer.normalize(use.call()));
      }
      return Optional.empty();
    } catch (NotLinearException | UnsupportedFormException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** A claim for each use: that this form of it is its steps. */
  private Map<RecurrenceUse, FormUnderProof> claims(
      String form, UnaryOperator<FormPrograms> derivation) {
    Map<RecurrenceUse, FormUnderProof> claims = new LinkedHashMap<>();
    Optional<Form> derived =
        Arrays.stream(Form.values()).filter(f -> f.text().equals(form)).findFirst();
    if (derived.isPresent()) {
      for (RecurrenceUse use : uses) {
        claims.put(use, DerivedForm.of(use, derived.get(), derivation.apply(use::derive)));
      }
      return claims;
    }
    for (HandWrittenForm written : handWritten) {
      if (written.name().equals(form)) {
        RecurrenceUse use = new RecurrenceUse(written.call(), Map.of());
        claims.put(use, FormUnderProof.of(use, written));
      }
    }
    return claims;
  }

  /**
   * Decides whether a form is the same as the steps.
   *
   * @param form its name
   * @param derivation what is made of the programs that are derived
   */
  Verdict decide(String form, UnaryOperator<FormPrograms> derivation, ProofCache cache) {
    Map<RecurrenceUse, FormUnderProof> claims = claims(form, derivation);
    boolean isDerived = !namesOfHandWritten().contains(form);
    return Prover.prove(claims.keySet(), claims::get, isDerived, cache);
  }

  /** How far a form is from the steps, on random inputs. */
  Measured measure(String form) {
    Map.Entry<RecurrenceUse, FormUnderProof> claim =
        claims(form, UnaryOperator.identity()).entrySet().iterator().next();
    return Measured.of(claim.getKey(), claim.getValue());
  }
}
