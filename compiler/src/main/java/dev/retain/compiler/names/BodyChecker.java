package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.names.BodyNames.Kind;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.PresetDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.Initialiser;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks the names inside one declaration, and that nothing is missing there. */
final class BodyChecker {
  private BodyChecker() {}

  /** The values of a preset see no names but those of functions. */
  static void check(PresetDeclaration preset, Scope scope, Diagnostics diagnostics) {
    ExpressionChecker values =
        new ExpressionChecker(
            scope, Place.FUNCTION, new BodyNames(diagnostics), false, diagnostics);
    preset.values().forEach(value -> values.check(value.value()));
  }

  static void check(FunctionDeclaration function, Scope scope, Diagnostics diagnostics) {
    BodyNames names = new BodyNames(diagnostics);
    function.parameters().forEach(name -> names.declare(name, Kind.VALUE));
    function.over().forEach(name -> names.declare(name, Kind.AXIS));
    new ExpressionChecker(scope, Place.FUNCTION, names, false, diagnostics).check(function.body());
  }

  static void check(LayerDeclaration layer, Scope scope, Diagnostics diagnostics) {
    ItemChecker body =
        new ItemChecker(
            scope, Place.LAYER, new BodyNames(diagnostics), List.of(), false, diagnostics);
    body.hyperparameters(layer.hyperparameters());
    body.items(layer.items());
    Set<String> states = new HashSet<>();
    for (Item item : layer.items()) {
      if (item instanceof Item.StateItem state) {
        states.add(state.name().text());
        diagnostics
            .error(Code.MISPLACED_ITEM, item.span(), "a layer has no states of its own")
            .help("write a `recurrence` with this state and call it here");
      }
      if (item instanceof Item.NextItem next && !states.contains(next.state().text())) {
        diagnostics
            .error(Code.MISPLACED_ITEM, item.span(), "a layer has no states, and so no equations")
            .help("write a `recurrence`, or drop the `'` to give a value a name");
      }
    }
    oneOut(layer.items(), layer.name(), diagnostics);
  }

  static void check(RecurrenceDeclaration recurrence, Scope scope, Diagnostics diagnostics) {
    ItemChecker body =
        new ItemChecker(
            scope, Place.RECURRENCE, new BodyNames(diagnostics), List.of(), false, diagnostics);
    body.hyperparameters(recurrence.hyperparameters());
    body.items(recurrence.items());
    for (Hyperparameter hyper : recurrence.hyperparameters()) {
      if (hyper.defaultValue().isEmpty()) {
        diagnostics
            .error(
                Code.NO_DEFAULT,
                hyper.span(),
                "`" + hyper.name() + "` of the recurrence `" + recurrence.name() + "` has no value")
            .help(
                "write `"
                    + hyper.name()
                    + " = ...`, or make it an input: `const "
                    + hyper.name()
                    + ": []`");
      }
    }
    for (Item item : recurrence.items()) {
      if (item instanceof Item.LayerItem) {
        diagnostics
            .error(Code.MISPLACED_ITEM, item.span(), "a recurrence has no layers inside")
            .help("call the layer outside and pass its result as an input");
      }
      if (item instanceof Item.TensorItem tensor
          && tensor.initialiser().isPresent()
          && !isComputed(tensor)) {
        diagnostics
            .error(
                Code.MISPLACED_ITEM,
                tensor.initialiser().get().span(),
                "an input of a recurrence gets its value from the caller")
            .help(
                "remove the initial value here and give it where the recurrence is called; a"
                    + " `const` may have one that follows from its places");
      }
    }
    equations(recurrence, diagnostics);
    oneOut(recurrence.items(), recurrence.name(), diagnostics);
  }

  /** A constant of the recurrence's own, and no input. */
  private static boolean isComputed(Item.TensorItem tensor) {
    return tensor.role() == Item.TensorItem.Role.CONST
        && !(tensor.initialiser().get() instanceof Initialiser.Random);
  }

  /** A form sees what its recurrence declares, but for the names of values in its step. */
  static void check(
      FormDeclaration form,
      RecurrenceDeclaration recurrence,
      Scope scope,
      Diagnostics diagnostics) {
    BodyNames names = new BodyNames(diagnostics);
    for (Hyperparameter hyper : recurrence.hyperparameters()) {
      names.inherit(hyper.name(), hyper.choices().isEmpty() ? Kind.HYPERPARAMETER : Kind.FUNCTION);
    }
    for (Item item : recurrence.items()) {
      switch (item) {
        case Item.AxisItem axis -> names.inherit(axis.name(), Kind.AXIS);
        case Item.TensorItem input -> {
          names.inherit(input.name(), Kind.VALUE);
          if (input.role() == Item.TensorItem.Role.IN) {
            names.hide(input.name());
          }
        }
        case Item.StateItem state -> {
          names.inherit(state.name(), Kind.STATE);
          names.hide(state.name());
        }
        case Item.LetItem l -> {}
        case Item.NextItem n -> {}
        case Item.LayerItem l -> {}
        case Item.OutItem o -> {}
      }
    }
    for (String name : Builtins.OF_A_BLOCK) {
      names.inherit(new Name(name, form.name().span()), Kind.VALUE);
    }
    FormItems items = FormItems.of(form, recurrence);
    new ItemChecker(
            scope, Place.FORM, names, items.said().values(), items.isFromRest(), diagnostics)
        .items(form.items());
    new FormItemChecker(form, items, diagnostics).check();
    oneOut(form.items(), form.name(), diagnostics);
  }

  private static void equations(RecurrenceDeclaration recurrence, Diagnostics diagnostics) {
    Set<String> states = new HashSet<>();
    Set<String> equations = new HashSet<>();
    for (Item item : recurrence.items()) {
      if (item instanceof Item.StateItem state) {
        states.add(state.name().text());
      }
    }
    for (Item item : recurrence.items()) {
      if (item instanceof Item.NextItem next) {
        String name = next.state().text();
        if (!states.contains(name)) {
          diagnostics
              .error(Code.NO_STATE, next.state().span(), "`" + name + "` is no state")
              .help(
                  Suggestions.didYouMean(name, states)
                      .orElse("declare it: `state " + name + ": [] = 0`"));
        } else if (!equations.add(name)) {
          diagnostics
              .error(Code.DECLARED_TWICE, next.span(), "`" + name + "` has a second equation")
              .help("a state has one equation; add the right sides");
        }
      }
    }
    for (Item item : recurrence.items()) {
      if (item instanceof Item.StateItem state && !equations.contains(state.name().text())) {
        diagnostics
            .error(Code.NO_EQUATION, state.span(), "`" + state.name() + "` has no equation")
            .help("write `" + state.name() + "' = ...`");
      }
    }
    if (states.isEmpty()) {
      diagnostics
          .error(
              Code.MISSING_ITEM,
              recurrence.name().span(),
              "the recurrence `" + recurrence.name() + "` has no state")
          .help("without a state it is a function or a layer");
    }
  }

  private static void oneOut(List<Item> items, Name name, Diagnostics diagnostics) {
    List<Item> outs = items.stream().filter(Item.OutItem.class::isInstance).toList();
    if (outs.isEmpty()) {
      diagnostics
          .error(Code.MISSING_ITEM, name.span(), "`" + name + "` has no result")
          .help("say what it computes: `out x`");
    }
    for (Item second : outs.subList(Math.min(1, outs.size()), outs.size())) {
      diagnostics
          .error(Code.DECLARED_TWICE, second.span(), "`" + name + "` has a second `out`")
          .help("keep one; give the other value a name")
          .note(outs.getFirst().span(), "the first one");
    }
  }
}
