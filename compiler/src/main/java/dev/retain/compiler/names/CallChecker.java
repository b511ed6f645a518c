package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.names.BodyNames.Kind;
import dev.retain.compiler.names.BodyNames.Local;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.Declaration;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks that what is called can be, where it is, with these arguments. */
final class CallChecker {
  private final Scope scope;
  private final Place place;
  private final BodyNames names;
  private final ExpressionChecker expressions;
  private final Diagnostics diagnostics;
  private final ArgumentChecker argumentChecker;

  CallChecker(
      Scope scope,
      Place place,
      BodyNames names,
      ExpressionChecker expressions,
      Diagnostics diagnostics) {
    this.scope = scope;
    this.place = place;
    this.names = names;
    this.expressions = expressions;
    this.diagnostics = diagnostics;
    this.argumentChecker = new ArgumentChecker(diagnostics);
  }

  void check(Expression.CallExpression call) {
    List<Name> positions = positions(call);
    names.within(() -> {
      positions.forEach(name -> names.declare(name, Kind.POSITION));
      expressions.arguments(call.arguments(), positions);
    });
    Name function = call.function();
    String name = function.text();
    Arguments arguments = call.arguments();
    Optional<Local> found = names.findCalled(name);
    if (found.isPresent()) {
      Local local = found.get();
      switch (local.kind()) {
        case LAYER ->
            local
                .layer()
                .ifPresent(layer -> argumentChecker.inputs(function, arguments, layer.items()));
        case FUNCTION -> {
          int errors = diagnostics.errorCount();
          for (FunctionDeclaration choice : local.choices()) {
            if (diagnostics.errorCount() == errors) {
              argumentChecker.function(function, arguments, choice);
            }
          }
        }
        case HYPERPARAMETER, AXIS, VALUE, STATE, POSITION ->
            diagnostics
                .error(
                    Code.WRONG_KIND,
                    function.span(),
                    "`" + name + "` is " + local.kind().words() + " and cannot be called")
                .help("write `*` to multiply")
                .note(local.span(), "it is declared here");
      }
      return;
    }
    Optional<Scope.Entry> entry = scope.find(name);
    if (entry.isPresent()) {
      declared(entry.get(), function, arguments);
    } else if (Builtins.POINTWISE.containsKey(name)) {
      argumentChecker.positional(function, arguments, Builtins.POINTWISE.get(name).arity(), false);
    } else if (name.equals(Builtins.STOP_GRADIENT)) {
      argumentChecker.positional(function, arguments, 1, false);
    } else if (name.equals(Builtins.DROPOUT)) {
      dropout(function, arguments);
    } else if (Builtins.OVER.containsKey(name)) {
      argumentChecker.positional(function, arguments, Builtins.OVER.get(name), true);
    } else {
      unknownFunction(function);
    }
  }

  private void dropout(Name function, Arguments arguments) {
    argumentChecker.positional(function, arguments, 2, false);
    if (place != Place.LAYER) {
      diagnostics
          .error(
              Code.MISPLACED_ITEM,
              function.span(),
              "only a layer or a model drops values at random: "
                  + (place == Place.FUNCTION
                      ? "a function is the same at every call"
                      : "the forms of a recurrence are the same function"))
          .help("apply it to the value in the layer: `dropout(y, rate)`");
    }
  }

  /** The names that a sum over positions gives to them: those that are no axes. */
  private List<Name> positions(Expression.CallExpression call) {
    String function = call.function().text();
    boolean binds =
        place == Place.FORM
            && Builtins.OVER_POSITIONS.contains(function)
            && names.findCalled(function).isEmpty()
            && scope.find(function).isEmpty();
    return binds
        ? call.arguments().over().stream().filter(name -> !names.isAxis(name.text())).toList()
        : List.of();
  }

  private void unknownFunction(Name function) {
    List<String> candidates = new ArrayList<>(Builtins.names());
    candidates.addAll(scope.names(FunctionDeclaration.class));
    candidates.addAll(scope.names(RecurrenceDeclaration.class));
    candidates.addAll(names.layers());
    names.unknown(
        function.text(),
        function.span(),
        "there is no function, recurrence or layer `" + function + "`",
        Suggestions.didYouMean(function.text(), candidates)
            .orElseGet(() -> BodyNames.importing(function.text())));
  }

  private void declared(Scope.Entry entry, Name function, Arguments arguments) {
    switch (entry.declaration()) {
      case FunctionDeclaration declaration ->
          argumentChecker.function(function, arguments, declaration);
      case RecurrenceDeclaration declaration -> recurrence(declaration, function, arguments);
      case LayerDeclaration layer ->
          diagnostics
              .error(
                  Code.WRONG_KIND,
                  function.span(),
                  "`" + function + "` is a layer, and a layer needs a name for its parameters")
              .help("name it first: `layer inner = " + function + "(...)`, then `inner(x)`");
      case FormDeclaration f -> throw new AssertionError(f);
      case Declaration.PresetDeclaration p -> throw new AssertionError(p);
      case Declaration.EquivalenceDeclaration e -> throw new AssertionError(e);
    }
  }

  private void recurrence(RecurrenceDeclaration declaration, Name function, Arguments arguments) {
    switch (place) {
      case LAYER -> argumentChecker.inputs(function, arguments, declaration.items());
      case FUNCTION ->
          diagnostics
              .error(
                  Code.MISPLACED_ITEM,
                  function.span(),
                  "`" + function + "` is a recurrence, and a function has no state")
              .help("call it in a layer")
              .note(declaration.name().span(), "it is declared here");
      case FORM ->
          diagnostics
              .error(Code.MISPLACED_ITEM, function.span(), "a recurrence cannot run inside a form")
              .help("a form has positions and sums over them, and no steps")
              .note(declaration.name().span(), "it is declared here");
      case RECURRENCE ->
          diagnostics
              .error(
                  Code.MISPLACED_ITEM,
                  function.span(),
                  "a recurrence cannot run inside another recurrence")
              .help("call it in the layer and pass its result as an input")
              .note(declaration.name().span(), "it is declared here");
    }
  }
}
