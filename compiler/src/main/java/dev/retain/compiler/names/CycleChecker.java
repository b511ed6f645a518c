package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.Declaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.SourceFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** Finds functions that call themselves and layers that contain themselves. */
final class CycleChecker {
  private static final int DEEPEST = 500;

  private final Program program;
  private final Diagnostics diagnostics;
  private final Set<Declaration> finished = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Declaration> path = new ArrayList<>();

  CycleChecker(Program program, Diagnostics diagnostics) {
    this.program = program;
    this.diagnostics = diagnostics;
  }

  void check() {
    for (SourceFile file : program.files()) {
      for (Declaration declaration : file.declarations()) {
        visit(declaration, file);
      }
    }
  }

  private void visit(Declaration declaration, SourceFile file) {
    if (finished.contains(declaration)) {
      return;
    }
    if (path.size() == DEEPEST) {
      Scope.nameOf(declaration)
          .ifPresent(name ->
              diagnostics
                  .error(
                      Code.TOO_DEEP,
                      name.span(),
                      "functions or layers use each other more than " + DEEPEST + " deep")
                  .help("join some of them"));
      return;
    }
    path.add(declaration);
    for (Name used : uses(declaration).values()) {
      Optional<Scope.Entry> entry = program.scope(file).find(used.text());
      if (entry.isEmpty()) {
        continue;
      }
      Declaration target = entry.get().declaration();
      if (path.stream().anyMatch(outer -> outer == target)) {
        diagnostics
            .error(
                Code.CYCLIC_DECLARATION,
                used.span(),
                "`" + used + "` is used inside itself, without end")
            .help(
                target instanceof Declaration.FunctionDeclaration
                    ? "a function may not call itself, directly or through others"
                    : "repeat a layer with `layer block[n] = ...` instead")
            .note(entry.get().name().span(), "it is declared here");
      } else {
        visit(target, entry.get().file());
      }
    }
    path.removeLast();
    finished.add(declaration);
  }

  /** Each name once, where it is first used. */
  private static SequencedMap<String, Name> uses(Declaration declaration) {
    SequencedMap<String, Name> names = new LinkedHashMap<>();
    switch (declaration) {
      case Declaration.FunctionDeclaration function -> calls(function.body(), names);
      case Declaration.LayerDeclaration layer -> {
        for (Item item : layer.items()) {
          if (item instanceof Item.LayerItem inner) {
            names.putIfAbsent(inner.layer().text(), inner.layer());
          }
        }
      }
      case Declaration.RecurrenceDeclaration r -> {}
      case Declaration.FormDeclaration f -> {}
      case Declaration.PresetDeclaration p -> {}
      case Declaration.EquivalenceDeclaration e -> {}
    }
    return names;
  }

  private static void calls(Expression expression, Map<String, Name> names) {
    switch (expression) {
      case Expression.NumberLiteral n -> {}
      case Expression.FlagLiteral f -> {}
      case Expression.NameExpression n -> {}
      case Expression.PrimedName p -> {}
      case Expression.Unary unary -> calls(unary.operand(), names);
      case Expression.Binary binary -> {
        calls(binary.left(), names);
        calls(binary.right(), names);
      }
      case Expression.Conditional conditional -> {
        calls(conditional.condition(), names);
        calls(conditional.whenTrue(), names);
        calls(conditional.whenFalse(), names);
      }
      case Expression.CallExpression call -> {
        names.putIfAbsent(call.function().text(), call.function());
        Arguments arguments = call.arguments();
        arguments.positional().forEach(argument -> calls(argument, names));
        arguments.named().forEach(argument -> calls(argument.value(), names));
      }
      case Expression.IndexExpression index -> {
        calls(index.table(), names);
        calls(index.index(), names);
      }
    }
  }
}
