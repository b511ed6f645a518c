package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.syntax.Declaration;
import dev.retain.compiler.syntax.Declaration.EquivalenceDeclaration;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.PresetDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.PresetValue;
import dev.retain.compiler.syntax.SourceFile;
import dev.retain.compiler.syntax.Type;
import dev.retain.runtime.program.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that every name of a program means something that fits where it stands, in declarations
 * that nobody uses, too. Later phases rely on it and look names up without asking again.
 */
public final class NameChecker {
  private static final List<String> DERIVED =
      Arrays.stream(Form.values()).map(Form::toString).toList();

  private final Program program;
  private final Diagnostics diagnostics;
  private final Map<String, Name> presets = new HashMap<>();

  private NameChecker(Program program, Diagnostics diagnostics) {
    this.program = program;
    this.diagnostics = diagnostics;
  }

  /** Reports every wrong name of every file, and stops if there was one. */
  public static void check(Program program, Diagnostics diagnostics) {
    NameChecker checker = new NameChecker(program, diagnostics);
    program.files().forEach(checker::check);
    if (!diagnostics.hasErrors()) {
      new CycleChecker(program, diagnostics).check();
    }
    diagnostics.throwIfErrors();
  }

  private void check(SourceFile file) {
    Scope scope = program.scope(file);
    for (Declaration declaration : file.declarations()) {
      switch (declaration) {
        case Declaration.FunctionDeclaration function ->
            BodyChecker.check(function, scope, diagnostics);
        case LayerDeclaration layer -> {
          BodyChecker.check(layer, scope, diagnostics);
          if (layer.kind() == LayerDeclaration.Kind.MODEL) {
            defaults(layer);
          }
        }
        case RecurrenceDeclaration recurrence -> {
          BodyChecker.check(recurrence, scope, diagnostics);
          recurrence.form().ifPresent(this::onlyForm);
        }
        case FormDeclaration form -> form(form, scope);
        case PresetDeclaration preset -> preset(preset, scope);
        case EquivalenceDeclaration equivalence -> equivalence(equivalence, scope);
      }
    }
  }

  private void defaults(LayerDeclaration model) {
    for (Hyperparameter hyper : model.hyperparameters()) {
      if (hyper.defaultValue().isEmpty()) {
        diagnostics
            .error(
                Code.NO_DEFAULT,
                hyper.span(),
                "`" + hyper.name() + "` of the model `" + model.name() + "` has no default")
            .help("write `" + hyper.name() + " = ...`; `--set` can still change it");
      }
    }
  }

  private void form(FormDeclaration form, Scope scope) {
    Optional<RecurrenceDeclaration> recurrence =
        find(scope, form.recurrence(), RecurrenceDeclaration.class, "recurrence");
    if (recurrence.isEmpty()) {
      return;
    }
    if (DERIVED.contains(form.name().text())) {
      diagnostics
          .error(
              Code.DECLARED_TWICE,
              form.name().span(),
              "the compiler derives the " + form.name() + " form itself")
          .help("give the form that you write another name");
    }
    for (Program.WrittenForm other : program.forms(recurrence.get())) {
      if (other.declaration() == form) {
        break;
      }
      if (other.declaration().name().text().equals(form.name().text())) {
        diagnostics
            .error(
                Code.DECLARED_TWICE,
                form.name().span(),
                "`" + form.recurrence() + "` has a second form `" + form.name() + "`")
            .help("give one of them another name")
            .note(other.declaration().name().span(), "the first one");
      }
    }
    BodyChecker.check(form, recurrence.get(), scope, diagnostics);
  }

  private void preset(PresetDeclaration preset, Scope scope) {
    BodyChecker.check(preset, scope, diagnostics);
    Optional<LayerDeclaration> model = find(scope, preset.model(), LayerDeclaration.class, "model");
    if (model.isEmpty()) {
      return;
    }
    if (model.get().kind() != LayerDeclaration.Kind.MODEL) {
      diagnostics
          .error(
              Code.WRONG_KIND,
              preset.model().span(),
              "`" + preset.model() + "` is a layer, and only models have presets")
          .help("give the layer defaults, or make it a `model`")
          .note(model.get().name().span(), "it is declared here");
      return;
    }
    Name first = presets.putIfAbsent(preset.model() + " " + preset.name(), preset.name());
    if (first != null) {
      diagnostics
          .error(
              Code.DECLARED_TWICE,
              preset.name().span(),
              "`" + preset.model() + "` has a second preset `" + preset.name() + "`")
          .help("give one of them another name")
          .note(first.span(), "the first one");
    }
    List<String> known = model.get().hyperparameters().stream().map(h -> h.name().text()).toList();
    Set<String> seen = new HashSet<>();
    for (PresetValue value : preset.values()) {
      Name name = value.name();
      if (!known.contains(name.text())) {
        diagnostics
            .error(
                Code.UNKNOWN_HYPERPARAMETER,
                name.span(),
                "`" + preset.model() + "` has no hyperparameter `" + name + "`")
            .help(
                Suggestions.didYouMean(name.text(), known)
                    .orElse("it has " + String.join(", ", known)));
      } else if (!seen.add(name.text())) {
        diagnostics
            .error(Code.DECLARED_TWICE, name.span(), "`" + name + "` is set twice in this preset")
            .help("remove one of the two");
      }
    }
  }

  private void equivalence(EquivalenceDeclaration equivalence, Scope scope) {
    List<String> forms = new ArrayList<>(DERIVED);
    for (Name name : equivalence.recurrences()) {
      find(scope, name, RecurrenceDeclaration.class, "recurrence")
          .ifPresent(recurrence ->
              program
                  .forms(recurrence)
                  .forEach(form -> forms.add(form.declaration().name().text())));
    }
    if (equivalence.forms().isEmpty()) {
      comparable(equivalence, scope);
    }
    for (Name form : equivalence.forms()) {
      if (!forms.contains(form.text())) {
        diagnostics
            .error(Code.UNKNOWN_FORM, form.span(), "there is no form `" + form + "`")
            .help(
                Suggestions.didYouMean(form.text(), forms)
                    .orElse("the forms are " + String.join(", ", forms)));
      }
    }
  }

  /** Blocks are derived from the step, so they never are all that there is. */
  private void onlyForm(Name form) {
    if (!form.text().equals(Form.RECURRENT.text())) {
      diagnostics
          .error(
              Code.UNKNOWN_FORM,
              form.span(),
              "a recurrence has all forms, or the recurrent one alone, not `" + form + "` alone")
          .help("write `: recurrent`, or nothing for all forms");
    }
  }

  /** Recurrences are compared on the same inputs, so all must declare them. */
  private void comparable(EquivalenceDeclaration equivalence, Scope scope) {
    Name first = equivalence.recurrences().getFirst();
    List<String> expected = inputs(first, scope);
    for (Name other : equivalence.recurrences()) {
      List<String> actual = inputs(other, scope);
      List<String> apart = new ArrayList<>(expected);
      apart.removeAll(actual);
      actual.stream().filter(input -> !expected.contains(input)).forEach(apart::add);
      if (!apart.isEmpty() && !expected.isEmpty() && !actual.isEmpty()) {
        diagnostics
            .error(
                Code.NOT_COMPARABLE,
                other.span(),
                "`%s` does not have the inputs of `%s`: only one of the two declares %s"
                    .formatted(other, first, "`" + String.join("`, `", apart) + "`"))
            .help("give both the same inputs: names, roles and numbers of axes");
      }
    }
  }

  private static List<String> inputs(Name recurrence, Scope scope) {
    return scope
        .find(recurrence.text())
        .filter(entry -> entry.declaration() instanceof RecurrenceDeclaration)
        .map(entry -> CallInputs.of(((RecurrenceDeclaration) entry.declaration()).items()))
        .orElse(List.of())
        .stream()
        .map(item ->
            item.role().name().toLowerCase(Locale.ROOT)
                + " "
                + item.name()
                + switch (item.type()) {
                  case Type.TensorType type when type.axes().isEmpty() -> "";
                  case Type.TensorType type -> " of " + type.axes().size() + " axes";
                  case Type.IndexType _ -> ", an index";
                })
        .toList();
  }

  private <D extends Declaration> Optional<D> find(
      Scope scope, Name name, Class<D> kind, String word) {
    Optional<Scope.Entry> entry = scope.find(name.text());
    if (entry.isEmpty()) {
      diagnostics
          .error(Code.UNKNOWN_NAME, name.span(), "there is no " + word + " `" + name + "`")
          .help(
              Suggestions.didYouMean(name.text(), scope.names(kind))
                  .orElse("declare it in this file or import the file that does"));
      return Optional.empty();
    }
    if (!kind.isInstance(entry.get().declaration())) {
      diagnostics
          .error(Code.WRONG_KIND, name.span(), "`" + name + "` is no " + word)
          .help("name a " + word)
          .note(entry.get().name().span(), "it is declared here");
      return Optional.empty();
    }
    return Optional.of(kind.cast(entry.get().declaration()));
  }
}
