package dev.retain.compiler;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.evaluation.FormPrograms;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.proof.Certificate;
import dev.retain.compiler.proof.Proof;
import dev.retain.compiler.proof.ProofCache;
import dev.retain.compiler.proof.ProofValues;
import dev.retain.compiler.proof.Verdict;
import dev.retain.compiler.proof.Witness;
import dev.retain.compiler.syntax.Declaration;
import dev.retain.compiler.syntax.Declaration.EquivalenceDeclaration;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.SourceFile;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.runtime.program.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Proves what the definition says of its recurrences' forms. A recurrence that the model uses and
 * of which nothing is said is proved in all derived forms; what becomes of the forms that are
 * written by hand is told, too.
 */
final class Equivalences {
  /**
   * @param isSaid whether the definition says so, and not only this compiler
   */
  private record Statement(Scope.Entry recurrence, List<String> forms, Span span, boolean isSaid) {
    String name() {
      return recurrence.name().text();
    }
  }

  private final Compilation compilation;
  private final UnaryOperator<FormPrograms> derivation;
  private final ProofCache cache;
  private final Diagnostics diagnostics;
  private final List<String> lines = new ArrayList<>();
  private final List<Proof> proofs = new ArrayList<>();

  private Equivalences(
      Compilation compilation,
      UnaryOperator<FormPrograms> derivation,
      ProofCache cache,
      Diagnostics diagnostics) {
    this.compilation = compilation;
    this.derivation = derivation;
    this.cache = cache;
    this.diagnostics = diagnostics;
  }

  /**
   * A line for each statement, and an error for each that is false.
   *
   * @param derivation what is made of the programs that are derived
   */
  static Certificate check(
      Compilation compilation,
      UnaryOperator<FormPrograms> derivation,
      ProofCache cache,
      Diagnostics diagnostics) {
    return new Equivalences(compilation, derivation, cache, diagnostics).check();
  }

  private Certificate check() {
    List<Statement> statements = statements();
    for (Statement statement : statements) {
      check(statement);
    }
    Map<Span, RecurrenceCall> used = new LinkedHashMap<>();
    compilation.recurrences().forEach(call -> used.putIfAbsent(call.span(), call));
    used.forEach((declaration, call) -> {
      Scope.Entry entry = entry(declaration);
      List<String> said =
          statements.stream()
              .filter(s -> s.recurrence().declaration().span().equals(declaration))
              .flatMap(s -> s.forms().stream())
              .toList();
      if (said.isEmpty() && compilation.isRecurrentOnly(declaration)) {
        lines.add(entry.name().text() + ": recurrent form alone, as its author says");
      } else if (said.isEmpty()) {
        List<String> derived = Arrays.stream(Form.values()).map(Form::text).toList();
        check(new Statement(entry, derived, declaration, false));
      }
      Uses uses = Uses.in(compilation.model(), declaration);
      for (String form : uses.namesOfHandWritten()) {
        if (!said.contains(form)) {
          Verdict verdict = decide(uses, entry, form);
          lines.add(
              entry.name().text()
                  + ": "
                  + form
                  + ": "
                  + ProofValues.word(verdict)
                  + " ("
                  + ProofValues.text(verdict)
                  + ")");
        }
      }
    });
    compilation
        .program()
        .files()
        .forEach(file ->
            file.declarations().stream()
                .filter(EquivalenceDeclaration.class::isInstance)
                .map(EquivalenceDeclaration.class::cast)
                .filter(equivalence -> equivalence.forms().isEmpty())
                .forEach(equivalence -> same(file, equivalence)));
    return new Certificate(lines, proofs);
  }

  private List<Statement> statements() {
    Program program = compilation.program();
    List<Statement> statements = new ArrayList<>();
    for (SourceFile file : program.files()) {
      for (Declaration declaration : file.declarations()) {
        if (declaration instanceof EquivalenceDeclaration(var names, var forms, _, var span)
            && !forms.isEmpty()) {
          Scope.Entry recurrence = program.scope(file).find(names.getFirst().text()).orElseThrow();
          statements.add(
              new Statement(recurrence, forms.stream().map(Name::text).toList(), span, true));
        }
      }
    }
    return statements;
  }

  private Scope.Entry entry(Span declaration) {
    Program program = compilation.program();
    return program.files().stream()
        .flatMap(file -> program.scope(file).entries().values().stream())
        .filter(entry -> entry.declaration().span().equals(declaration))
        .findFirst()
        .orElseThrow();
  }

  private Verdict decide(Uses uses, Scope.Entry recurrence, String form) {
    Verdict verdict = uses.decide(form, derivation, cache);
    proofs.add(
        new Proof(
            recurrence.name().text(), form, verdict, Optional.empty(), recurrence.name().span()));
    return verdict;
  }

  private void check(Statement statement) {
    String claim = statement.name() + ": " + String.join(" = ", statement.forms());
    Uses uses = Uses.in(compilation.model(), statement.recurrence().declaration().span());
    if (uses.isEmpty()) {
      uses = Uses.alone(compilation.program(), statement.recurrence(), diagnostics);
      Optional<String> recurrentOnly = uses.recurrentOnly();
      if (recurrentOnly.isPresent()) {
        diagnostics
            .error(
                Code.NO_SUCH_FORM_YET,
                statement.span(),
                "`"
                    + statement.name()
                    + "` has no other form than its steps: "
                    + recurrentOnly.get())
            .help("leave the statement out");
        return;
      }
    }
    Summary summary = new Summary();
    for (String form : statement.forms()) {
      Verdict verdict = decide(uses, statement.recurrence(), form);
      summary.add(form, verdict);
      if (verdict instanceof Verdict.Refuted(Witness witness)) {
        report(
            statement.span(),
            "the %s form of `%s` is not what its steps compute".formatted(form, statement.name()),
            witness,
            uses.namesOfHandWritten().contains(form)
                ? ""
                : "the form is derived by the compiler, so this is a mistake of the compiler; ");
        break;
      }
    }
    if (summary.isUndefined()) {
      diagnostics
          .error(
              Code.NOT_EQUIVALENT,
              statement.span(),
              "the forms of `"
                  + statement.name()
                  + "` cannot be held against each other: "
                  + summary.undecided())
          .help("check the domains of its functions, such as the root of a negative number");
    }
    lines.add(claim + ": " + summary.text());
  }

  private void same(SourceFile file, EquivalenceDeclaration equivalence) {
    Program program = compilation.program();
    Scope scope = program.scope(file);
    List<Name> names = equivalence.recurrences();
    Scope.Entry first = scope.find(names.getFirst().text()).orElseThrow();
    Summary summary = new Summary();
    for (Name name : names.subList(1, names.size())) {
      Scope.Entry other = scope.find(name.text()).orElseThrow();
      Optional<Verdict> verdict =
          new SameRecurrence(program, first, other, diagnostics).decide(equivalence.span(), cache);
      if (verdict.isEmpty()) {
        return;
      }
      proofs.add(
          new Proof(
              first.name().text(),
              "= " + name,
              verdict.get(),
              Optional.empty(),
              equivalence.span()));
      summary.add(name.text(), verdict.get());
      if (verdict.get() instanceof Verdict.Refuted(Witness witness)) {
        report(
            equivalence.span(),
            "`%s` is not the same as `%s`".formatted(name, first.name()),
            witness,
            "");
        break;
      }
    }
    lines.add(String.join(" = ", names.stream().map(Name::text).toList()) + ": " + summary.text());
  }

  private void report(Span span, String what, Witness witness, String why) {
    diagnostics
        .error(Code.NOT_EQUIVALENT, span, what + ": " + witness.text())
        .help(why + "it shows with " + witness.inputsText());
  }

  /** What came of the parts of one statement. */
  private static final class Summary {
    private final List<String> undecided = new ArrayList<>();
    private Optional<dev.retain.compiler.proof.Scope> scope = Optional.empty();
    private boolean isFalse;
    private boolean isUndefined;

    void add(String form, Verdict verdict) {
      switch (verdict) {
        case Verdict.Proved(var next) ->
            scope = Optional.of(scope.map(before -> before.and(next)).orElse(next));
        case Verdict.Refuted _ -> isFalse = true;
        case Verdict.Undecided(String reason, List<String> functions) -> {
          isUndefined |= functions.isEmpty();
          undecided.add(form + ": " + ProofValues.text(verdict));
        }
      }
    }

    /** Whether nothing could be compared. */
    boolean isUndefined() {
      return isUndefined;
    }

    String undecided() {
      return String.join("; ", undecided);
    }

    String text() {
      return isFalse
          ? "false"
          : undecided.isEmpty()
              ? "proved (" + scope.orElseThrow().text() + ")"
              : "not proved (" + undecided() + ")";
    }
  }
}
