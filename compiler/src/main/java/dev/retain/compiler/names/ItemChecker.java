package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.names.BodyNames.Kind;
import dev.retain.compiler.names.BodyNames.Local;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.Initialiser;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks the names in the items of one declaration, which may use those above them. */
final class ItemChecker {
  private final Scope scope;
  private final Place place;
  private final BodyNames names;
  private final ExpressionChecker expressions;
  private final Diagnostics diagnostics;
  private final ArgumentChecker argumentChecker;

  /** In a form, the items that say what a state of the recurrence is in terms of its own. */
  private final Set<Item> said = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * @param said in a form, the items that say what a state of the recurrence is in terms of its own
   * @param fromRest in a form, whether there is no state to read
   */
  ItemChecker(
      Scope scope,
      Place place,
      BodyNames names,
      Collection<Item.LetItem> said,
      boolean fromRest,
      Diagnostics diagnostics) {
    this.scope = scope;
    this.place = place;
    this.names = names;
    this.expressions = new ExpressionChecker(scope, place, names, fromRest, diagnostics);
    this.diagnostics = diagnostics;
    this.argumentChecker = new ArgumentChecker(diagnostics);
    this.said.addAll(said);
  }

  void hyperparameters(List<Hyperparameter> hyperparameters) {
    for (Hyperparameter hyper : hyperparameters) {
      hyper.defaultValue().ifPresent(expressions::check);
      List<FunctionDeclaration> choices = new ArrayList<>();
      for (Name choice : hyper.choices()) {
        function(choice).ifPresent(choices::add);
      }
      names.declare(
          hyper.name(),
          new Local(
              hyper.choices().isEmpty() ? Kind.HYPERPARAMETER : Kind.FUNCTION,
              hyper.name().span(),
              Optional.empty(),
              choices));
    }
  }

  private Optional<FunctionDeclaration> function(Name choice) {
    Optional<Scope.Entry> entry = scope.find(choice.text());
    if (entry.isPresent() && entry.get().declaration() instanceof FunctionDeclaration function) {
      return Optional.of(function);
    }
    String name = choice.text();
    diagnostics
        .error(Code.UNKNOWN_NAME, choice.span(), "there is no function `" + name + "` to choose")
        .help(
            Builtins.POINTWISE.containsKey(name)
                ? "a choice is declared in the language: `function my_"
                    + name
                    + "(x) = "
                    + name
                    + "(x)`"
                : Suggestions.didYouMean(name, scope.names(FunctionDeclaration.class))
                    .orElseGet(() -> BodyNames.importing(name)));
    return Optional.empty();
  }

  void items(List<Item> items) {
    for (Item item : items) {
      nameOf(item).ifPresent(names::announce);
    }
    items.forEach(this::item);
  }

  private static Optional<Name> nameOf(Item item) {
    return switch (item) {
      case Item.AxisItem axis -> Optional.of(axis.name());
      case Item.TensorItem tensor -> Optional.of(tensor.name());
      case Item.StateItem state -> Optional.of(state.name());
      case Item.LetItem let -> Optional.of(let.name());
      case Item.LayerItem layer -> Optional.of(layer.name());
      case Item.NextItem next -> Optional.empty();
      case Item.OutItem out -> Optional.empty();
    };
  }

  private void item(Item item) {
    switch (item) {
      case Item.AxisItem axis -> {
        axis.size().ifPresent(expressions::check);
        names.declare(axis.name(), Kind.AXIS);
      }
      case Item.TensorItem tensor -> {
        type(tensor.type());
        tensor.initialiser().ifPresent(this::initialiser);
        names.declare(tensor.name(), Kind.VALUE);
      }
      case Item.StateItem state -> {
        type(state.type());
        expressions.check(state.initial());
        names.declare(state.name(), Kind.STATE);
      }
      case Item.NextItem next -> expressions.check(next.value());
      case Item.LetItem let -> {
        let.type().ifPresent(this::type);
        if (said.contains(let)) {
          // A state of the recurrence in terms of the form's own: it is so between blocks, too.
          names.betweenBlocks(() -> expressions.check(let.value()));
        } else {
          at(let.positions(), let.value());
          names.hide(let.name());
          names.declare(let.name(), Kind.VALUE);
        }
      }
      case Item.LayerItem layer -> {
        layer.repeat().ifPresent(expressions::check);
        expressions.arguments(layer.arguments());
        names.declare(
            layer.name(), new Local(Kind.LAYER, layer.name().span(), layer(layer), List.of()));
      }
      case Item.OutItem out -> at(out.positions(), out.value());
    }
  }

  /** An expression in which the positions have names. */
  private void at(List<Name> positions, Expression expression) {
    if (place != Place.FORM && !positions.isEmpty()) {
      diagnostics
          .error(
              Code.MISPLACED_ITEM,
              positions.getFirst().span(),
              "only a form that is written by hand speaks of positions")
          .help("everything here is said of one step: write `x = ...` and `out x`");
    }
    names.within(() -> {
      positions.forEach(name -> names.declare(name, Kind.POSITION));
      expressions.check(expression);
    });
  }

  private Optional<LayerDeclaration> layer(Item.LayerItem item) {
    String name = item.layer().text();
    Optional<Scope.Entry> entry = scope.find(name);
    if (entry.isEmpty()) {
      diagnostics
          .error(Code.UNKNOWN_LAYER, item.layer().span(), "there is no layer `" + name + "`")
          .help(
              Suggestions.didYouMean(name, scope.names(LayerDeclaration.class))
                  .orElseGet(() -> BodyNames.importing(name)));
      return Optional.empty();
    }
    if (!(entry.get().declaration() instanceof LayerDeclaration layer)) {
      diagnostics
          .error(Code.WRONG_KIND, item.layer().span(), "`" + name + "` is no layer")
          .help("call it by its own name, where its value is needed")
          .note(entry.get().name().span(), "it is declared here");
      return Optional.empty();
    }
    List<String> names = layer.hyperparameters().stream().map(h -> h.name().text()).toList();
    List<String> needed =
        layer.hyperparameters().stream()
            .filter(h -> h.defaultValue().isEmpty())
            .map(h -> h.name().text())
            .toList();
    argumentChecker.signature(item.layer(), item.arguments(), names, needed, "hyperparameter");
    argumentChecker.overs(item.layer(), item.arguments(), 0);
    return Optional.of(layer);
  }

  private void type(Type type) {
    switch (type) {
      case Type.TensorType tensor -> {
        Set<String> seen = new HashSet<>();
        for (Name axis : tensor.axes()) {
          expressions.axis(axis);
          if (!seen.add(axis.text())) {
            diagnostics
                .error(Code.AXIS_TWICE, axis.span(), "the axis `" + axis + "` appears twice")
                .help("name a second axis of that size: `axis other = " + axis + "`");
          }
        }
      }
      case Type.IndexType index -> expressions.axis(index.axis());
    }
  }

  private void initialiser(Initialiser initialiser) {
    switch (initialiser) {
      case Initialiser.Constant constant -> expressions.check(constant.value());
      case Initialiser.Elementwise elementwise -> {
        names.within(() -> {
          elementwise.variables().forEach(one -> names.declare(one.name(), Kind.VALUE));
          expressions.check(elementwise.value());
        });
      }
      case Initialiser.Random random -> {
        expressions.arguments(random.arguments());
        if (!Builtins.DISTRIBUTIONS.contains(random.distribution().text())) {
          diagnostics
              .error(
                  Code.UNKNOWN_NAME,
                  random.distribution().span(),
                  "there is no distribution `" + random.distribution() + "`")
              .help("`normal(deviation)` or `uniform(bound)`");
        } else {
          argumentChecker.signature(
              random.distribution(),
              random.arguments(),
              List.of("scale"),
              List.of("scale"),
              "argument");
          argumentChecker.overs(random.distribution(), random.arguments(), 0);
        }
      }
    }
  }
}
