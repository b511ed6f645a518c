package dev.retain.compiler;

import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.names.NameChecker;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.ProgramLoader;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.proof.Measured;
import dev.retain.compiler.proof.Proof;
import dev.retain.compiler.proof.ProofCache;
import dev.retain.compiler.proof.Verdict;
import dev.retain.compiler.syntax.Declaration.EquivalenceDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Name;
import dev.retain.runtime.program.Form;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

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
   * @param measure whether to measure each form, too
   * @throws dev.retain.compiler.diagnostics.CompileException if the file is wrong
   */
  public static Proofs of(Path file, boolean measure, ProofCache cache) {
    Diagnostics diagnostics = new Diagnostics();
    Program program = ProgramLoader.load(file, diagnostics);
    NameChecker.check(program, diagnostics);
    diagnostics.throwIfErrors();
    List<Proof> proofs = new ArrayList<>();
    List<Missing> missing = new ArrayList<>();
    for (Scope.Entry entry : recurrences(program)) {
      String name = entry.name().text();
      Uses uses = Uses.alone(program, entry, diagnostics);
      List<String> forms = new ArrayList<>();
      if (entry.file() == program.main()) {
        Optional<String> recurrentOnly = uses.recurrentOnly();
        for (Form form : Form.values()) {
          if (recurrentOnly.isPresent() && form != Form.RECURRENT) {
            missing.add(new Missing(name, form, recurrentOnly.get()));
          } else {
            forms.add(form.text());
          }
        }
      }
      forms.addAll(writtenInMain(program, entry));
      for (String form : forms) {
        Verdict verdict = uses.decide(form, UnaryOperator.identity(), cache);
        Optional<Measured> measured = measure ? Optional.of(uses.measure(form)) : Optional.empty();
        proofs.add(new Proof(name, form, verdict, measured, entry.name().span()));
      }
    }
    for (EquivalenceDeclaration equivalence : program.equivalences()) {
      if (equivalence.forms().isEmpty()) {
        same(program, equivalence, proofs, cache, diagnostics);
      }
    }
    diagnostics.throwIfErrors();
    return new Proofs(proofs, missing);
  }

  /** Those that the file declares, and others of which it has forms. */
  private static List<Scope.Entry> recurrences(Program program) {
    return program.scope(program.main()).entries().values().stream()
        .filter(entry -> entry.declaration() instanceof RecurrenceDeclaration)
        .filter(entry -> entry.file() == program.main() || !writtenInMain(program, entry).isEmpty())
        .sorted(Comparator.comparingInt(entry -> entry.name().span().start()))
        .toList();
  }

  private static List<String> writtenInMain(Program program, Scope.Entry recurrence) {
    return program.forms((RecurrenceDeclaration) recurrence.declaration()).stream()
        .filter(form -> form.file() == program.main())
        .map(form -> form.declaration().name().text())
        .toList();
  }

  private static void same(
      Program program,
      EquivalenceDeclaration equivalence,
      List<Proof> proofs,
      ProofCache cache,
      Diagnostics diagnostics) {
    Scope scope = program.scope(program.main());
    List<Name> names = equivalence.recurrences();
    Scope.Entry first = scope.find(names.getFirst().text()).orElseThrow();
    for (Name name : names.subList(1, names.size())) {
      Scope.Entry other = scope.find(name.text()).orElseThrow();
      new SameRecurrence(program, first, other, diagnostics)
          .decide(equivalence.span(), cache)
          .ifPresent(verdict ->
              proofs.add(
                  new Proof(
                      first.name().text(),
                      "= " + name,
                      verdict,
                      Optional.empty(),
                      equivalence.span())));
    }
  }
}
