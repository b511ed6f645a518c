package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.names.BodyNames.Kind;
import dev.retain.compiler.names.BodyNames.Local;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Name;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks the names in expressions. */
final class ExpressionChecker {
  private final Scope scope;
  private final Place place;
  private final BodyNames names;
  private final Diagnostics diagnostics;
  private final CallChecker calls;

  /** In a form, whether there is no state to read. */
  private final boolean fromRest;

  ExpressionChecker(
      Scope scope, Place place, BodyNames names, boolean fromRest, Diagnostics diagnostics) {
    this.scope = scope;
    this.place = place;
    this.names = names;
    this.fromRest = fromRest;
    this.diagnostics = diagnostics;
    this.calls = new CallChecker(scope, place, names, this, diagnostics);
  }

  void check(Expression expression) {
    switch (expression) {
      case Expression.NumberLiteral n -> {}
      case Expression.FlagLiteral f -> {}
      case Expression.NameExpression name -> value(name);
      case Expression.PrimedName primed -> {
        if (names.find(primed.name()).filter(local -> local.kind() == Kind.STATE).isEmpty()) {
          diagnostics
              .error(Code.NO_STATE, primed.span(), "`" + primed.name() + "` is no state")
              .help("`'` marks the value of a state after the step");
        }
      }
      case Expression.Unary unary -> check(unary.operand());
      case Expression.Binary binary -> {
        check(binary.left());
        check(binary.right());
      }
      case Expression.Conditional conditional -> {
        check(conditional.condition());
        check(conditional.whenTrue());
        check(conditional.whenFalse());
      }
      case Expression.CallExpression call -> calls.check(call);
      case Expression.IndexExpression index -> {
        check(index.table());
        check(index.index());
      }
    }
  }

  private void value(Expression.NameExpression name) {
    Optional<Local> found = names.find(name.name());
    if (found.isPresent()) {
      Local local = found.get();
      if (local.kind() == Kind.LAYER) {
        diagnostics
            .error(Code.WRONG_KIND, name.span(), "`" + name.name() + "` is a layer, not a value")
            .help("apply it: `" + name.name() + "(x)`")
            .note(local.span(), "it is declared here");
      }
      if (local.kind() == Kind.STATE && fromRest) {
        diagnostics
            .error(
                Code.NO_EQUATION,
                name.span(),
                "the form reads `" + name.name() + "`, and does not say what it is after the block")
            .help(
                "write `"
                    + name.name()
                    + "' = ...`; a form without any such line runs from rest and reads no state");
      }
      return;
    }
    Optional<Scope.Entry> entry = scope.find(name.name());
    if (entry.isEmpty() && place == Place.FORM && names.isHidden(name.name())) {
      diagnostics
          .error(
              Code.UNKNOWN_NAME,
              name.span(),
              "`" + name.name() + "` means nothing between two blocks")
          .help(
              "say the state in terms of the form's own states, of what is the same at every step,"
                  + " and of `start`");
      return;
    }
    if (entry.isEmpty()) {
      List<String> candidates = new ArrayList<>(names.all());
      candidates.addAll(scope.names(FunctionDeclaration.class));
      names.unknown(
          name.name(),
          name.span(),
          Builtins.names().contains(name.name())
              ? "`" + name.name() + "` is a function, and is only called"
              : "`" + name.name() + "` is not declared",
          Builtins.names().contains(name.name())
              ? "call it: `" + name.name() + "(x)`"
              : Suggestions.didYouMean(name.name(), candidates)
                  .orElse("declare it above this line, or import the file that does"));
    } else if (!(entry.get().declaration() instanceof FunctionDeclaration)) {
      diagnostics
          .error(Code.WRONG_KIND, name.span(), "`" + name.name() + "` is no value")
          .help("apply it to arguments")
          .note(entry.get().name().span(), "it is declared here");
    }
  }

  void axis(Name name) {
    Optional<Local> found = names.find(name.text());
    if (found.isEmpty()) {
      names.unknown(
          name.text(),
          name.span(),
          "there is no axis `" + name + "`",
          Suggestions.didYouMean(name.text(), names.axes())
              .orElse("declare it above this line: `axis " + name + " = ...`"));
    } else if (!found.get().isAxis()) {
      Local local = found.get();
      diagnostics
          .error(
              Code.WRONG_KIND,
              name.span(),
              "`" + name + "` is " + local.kind().words() + ", not an axis")
          .help(
              local.kind() == Kind.POSITION
                  ? "only `sum`, `mean` and `maximum` work over positions"
                  : "name an axis: `axis " + name.text() + "_axis = ...`")
          .note(local.span(), "it is declared here");
    }
  }

  void arguments(Arguments arguments) {
    arguments(arguments, List.of());
  }

  /**
   * @param positions those of the names after {@code over} that are positions
   */
  void arguments(Arguments arguments, List<Name> positions) {
    arguments.positional().forEach(this::check);
    arguments.named().forEach(named -> check(named.value()));
    arguments.over().stream().filter(name -> !positions.contains(name)).forEach(this::axis);
    Set<String> overs = new HashSet<>();
    for (Name axis : arguments.over()) {
      if (!overs.add(axis.text())) {
        diagnostics
            .error(Code.AXIS_TWICE, axis.span(), "the axis `" + axis + "` is worked over twice")
            .help("name each axis once");
      }
    }
  }
}
