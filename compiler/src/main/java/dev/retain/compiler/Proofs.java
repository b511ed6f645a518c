package dev.retain.compiler;

import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.forms.FormDerivation;
import dev.retain.compiler.forms.UnsupportedFormException;
import dev.retain.compiler.names.NameChecker;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.ProgramLoader;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.proof.DerivedForm;
import dev.retain.compiler.proof.FormUnderProof;
import dev.retain.compiler.proof.Proof;
import dev.retain.compiler.proof.Prover;
import dev.retain.compiler.proof.Verdict;
import dev.retain.compiler.recurrence.Normalizer;
import dev.retain.compiler.recurrence.NotLinearException;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.types.Model;
import dev.retain.compiler.types.RecurrenceModel;
import dev.retain.compiler.types.SmallSizes;
import dev.retain.runtime.program.Form;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the recurrences of a file, each by itself.
 *
 * @param proofs of every form of every recurrence
 * @param missing the derived forms that a recurrence does not have
 */
public record Proofs(List<Proof> proofs, List<Missing> missing) {
  public Proofs {
    proofs = List.copyOf(proofs);
    missing = List.copyOf(missing);
  }

  /**
   * A form that cannot be derived.
   *
   * @param reason why
   */
  public record Missing(String recurrence, Form form, String reason) {}

  /**
   * Decides everything that a file claims of its recurrences.
   *
   * @throws dev.retain.compiler.diagnostics.CompileException if the file is wrong
   */
  public static Proofs of(Path file) {
    Diagnostics diagnostics = new Diagnostics();
    Program program = ProgramLoader.load(file, diagnostics);
    NameChecker.check(program, diagnostics);
    diagnostics.throwIfErrors();
    List<Proof> proofs = new ArrayList<>();
    List<Missing> missing = new ArrayList<>();
    for (RecurrenceDeclaration recurrence : program.recurrences()) {
      Scope.Entry entry =
          program.scope(program.main()).find(recurrence.name().text()).orElseThrow();
      derived(recurrence, uses(program, entry, diagnostics), proofs, missing);
    }
    return new Proofs(proofs, missing);
  }

  /** The recurrence by itself, over axes of several sizes. */
  static List<RecurrenceUse> uses(Program program, Scope.Entry entry, Diagnostics diagnostics) {
    List<RecurrenceUse> uses = new ArrayList<>();
    for (Map<String, RecurrenceModel.Argument> arguments :
        SmallSizes.of(program, entry, diagnostics)) {
      Model model = RecurrenceModel.of(program, entry, arguments, diagnostics);
      model.step().nodes().stream()
          .map(node -> node.operation())
          .filter(Operation.Recur.class::isInstance)
          .map(Operation.Recur.class::cast)
          .forEach(recur -> uses.add(RecurrenceUse.of(model.step(), recur)));
    }
    return uses;
  }

  private static void derived(
      RecurrenceDeclaration recurrence,
      List<RecurrenceUse> uses,
      List<Proof> proofs,
      List<Missing> missing) {
    String name = recurrence.name().text();
    Optional<String> recurrentOnly = recurrentOnly(uses.getFirst());
    Map<List<Object>, Verdict> known = new HashMap<>();
    for (Form form : Form.values()) {
      if (recurrentOnly.isPresent()) {
        missing.add(new Missing(name, form, recurrentOnly.get()));
        continue;
      }
      List<FormUnderProof> forms = uses.stream().map(use -> DerivedForm.of(use, form)).toList();
      // The parallel form is the chunkwise one, of one chunk.
      Verdict verdict =
          known.computeIfAbsent(
              forms.stream().<Object>map(f -> f.whole().graph()).toList(),
              _ -> Prover.prove(uses, use -> forms.get(uses.indexOf(use)), true));
      proofs.add(new Proof(name, form.text(), verdict, recurrence.span()));
    }
  }

  private static Optional<String> recurrentOnly(RecurrenceUse use) {
    try {
      FormDerivation.check(Normalizer.normalize(use.call()));
      return Optional.empty();
    } catch (NotLinearException | UnsupportedFormException e) {
      return Optional.of(e.getMessage());
    }
  }
}
