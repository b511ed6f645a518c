package dev.retain.compiler;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.evaluation.FormPrograms;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.proof.DerivedForm;
import dev.retain.compiler.proof.FormUnderProof;
import dev.retain.compiler.proof.Prover;
import dev.retain.compiler.proof.Scope;
import dev.retain.compiler.proof.Verdict;
import dev.retain.compiler.proof.Witness;
import dev.retain.compiler.syntax.Declaration;
import dev.retain.compiler.syntax.Declaration.EquivalenceDeclaration;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.SourceFile;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.runtime.program.Form;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks what the definition says of its recurrences' forms, over every use of each in the model. A
 * recurrence that the model uses and of which nothing is said is checked in all forms.
 */
final class Equivalences {
  /** The programs to check for a use of a recurrence. */
  interface Derivation {
    FormPrograms programs(RecurrenceUse use);
  }

  private record Statement(String recurrence, Span declaration, List<Form> forms, Span span) {}

  private final Compilation compilation;
  private final Derivation derivation;
  private final Diagnostics diagnostics;

  private Equivalences(Compilation compilation, Derivation derivation, Diagnostics diagnostics) {
    this.compilation = compilation;
    this.derivation = derivation;
    this.diagnostics = diagnostics;
  }

  /** A line for each statement that holds; an error for each that does not. */
  static List<String> check(
      Compilation compilation, Derivation derivation, Diagnostics diagnostics) {
    return new Equivalences(compilation, derivation, diagnostics).check();
  }

  private List<String> check() {
    List<String> lines = new ArrayList<>();
    List<Statement> statements = statements();
    for (Statement statement : statements) {
      lines.add(check(statement, uses(statement.declaration())));
    }
    for (var call : compilation.recurrences()) {
      boolean said = statements.stream().anyMatch(s -> s.declaration().equals(call.span()));
      if (!said) {
        Statement all =
            new Statement(call.name(), call.span(), List.of(Form.values()), call.span());
        statements.add(all);
        lines.add(check(all, uses(call.span())));
      }
    }
    return lines;
  }

  private List<Statement> statements() {
    Program program = compilation.program();
    List<Statement> statements = new ArrayList<>();
    for (SourceFile file : program.files()) {
      for (Declaration declaration : file.declarations()) {
        if (declaration instanceof EquivalenceDeclaration(var names, var forms, var doc, var span)
            && !forms.isEmpty()) {
          Name name = names.getFirst();
          Declaration recurrence =
              program.scope(file).find(name.text()).orElseThrow().declaration();
          statements.add(
              new Statement(
                  name.text(),
                  recurrence.span(),
                  forms.stream().map(form -> Form.of(form.text())).toList(),
                  span));
        }
      }
    }
    return statements;
  }

  private Set<RecurrenceUse> uses(Span declaration) {
    Set<RecurrenceUse> uses = new LinkedHashSet<>();
    for (Node node : compilation.model().step().nodes()) {
      if (node.operation() instanceof Operation.Recur use
          && use.call().span().equals(declaration)) {
        uses.add(RecurrenceUse.of(compilation.model().step(), use));
      }
    }
    return uses;
  }

  private String check(Statement statement, Set<RecurrenceUse> uses) {
    String claim =
        statement.recurrence()
            + ": "
            + statement.forms().stream().map(Form::text).collect(Collectors.joining(" = "));
    if (uses.isEmpty()) {
      return claim + ": not proved, since the model does not use it";
    }
    Optional<Scope> scope = Optional.empty();
    Set<String> undecided = new LinkedHashSet<>();
    for (RecurrenceUse use : uses) {
      for (FormUnderProof form : forms(use, statement)) {
        switch (Prover.prove(use, form, true)) {
          case Verdict.Proved(Scope next) ->
              scope = Optional.of(scope.map(before -> before.and(next)).orElse(next));
          case Verdict.Refuted(Witness witness) -> {
            report(statement, form, witness);
            return claim + ": false";
          }
          case Verdict.Undecided(String reason, List<String> functions) -> {
            if (functions.isEmpty()) {
              reportUndefined(statement, reason);
              return claim + ": not proved";
            }
            undecided.add(
                form.name()
                    + ", since of "
                    + String.join(", ", functions)
                    + " only is used that equal arguments give equal results");
          }
        }
      }
    }
    return undecided.isEmpty()
        ? claim + ": proved (" + scope.orElseThrow().text() + ")"
        : claim + ": not proved, and no difference found (" + String.join("; ", undecided) + ")";
  }

  /** The forms of a statement, equal programs once. */
  private List<FormUnderProof> forms(RecurrenceUse use, Statement statement) {
    FormPrograms programs = derivation.programs(use);
    Map<Graph, FormUnderProof> forms = new LinkedHashMap<>();
    for (Form form : statement.forms()) {
      FormUnderProof derived = DerivedForm.of(use, form, programs);
      forms.putIfAbsent(derived.whole().graph(), derived);
    }
    return List.copyOf(forms.values());
  }

  private void reportUndefined(Statement statement, String reason) {
    diagnostics
        .error(
            Code.NOT_EQUIVALENT,
            statement.span(),
            "the forms of `"
                + statement.recurrence()
                + "` cannot be held against each other: "
                + reason)
        .help("check the domains of its functions, such as the root of a negative number");
  }

  private void report(Statement statement, FormUnderProof form, Witness witness) {
    diagnostics
        .error(
            Code.NOT_EQUIVALENT,
            statement.span(),
            "the %s form of `%s` is not what its steps compute: %s"
                .formatted(form.name(), statement.recurrence(), witness.text()))
        .help(
            "the forms are derived by the compiler, so this is a mistake of the compiler; it shows"
                + " with "
                + witness.inputsText());
  }
}
