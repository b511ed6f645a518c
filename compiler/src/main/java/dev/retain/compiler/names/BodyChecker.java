package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.Declaration;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.PresetDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.IndexVariable;
import dev.retain.compiler.syntax.Initialiser;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks the names inside one declaration. */
final class BodyChecker {
  /** What a name of the body stands for. */
  private enum Kind {
    HYPERPARAMETER("a hyperparameter"),
    FUNCTION("a function"),
    AXIS("an axis"),
    VALUE("a value"),
    STATE("a state"),
    POSITION("a position"),
    LAYER("a layer");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /**
   * @param layer for a layer, when it is known
   * @param choices for a hyperparameter that stands for one of several functions
   */
  private record Local(
      Kind kind, Span span, Optional<LayerDeclaration> layer, List<FunctionDeclaration> choices) {
    /** Whether it is never called, so that a built-in function of its name can be. */
    boolean isValue() {
      return kind != Kind.LAYER && kind != Kind.FUNCTION;
    }

    static Local of(Kind kind, Name name) {
      return new Local(kind, name.span(), Optional.empty(), List.of());
    }
  }

  /** Where expressions stand, as far as it limits what they may call. */
  private enum Place {
    FUNCTION,
    LAYER,
    RECURRENCE,
    FORM
  }

  private final Scope scope;
  private final Place place;
  private final Diagnostics diagnostics;
  private final ArgumentChecker argumentChecker;
  private final Map<String, Local> locals = new LinkedHashMap<>();
  private final Map<String, Span> later = new LinkedHashMap<>();
  private final Set<String> unknown = new HashSet<>();

  /** In a form, the items that say what a state of the recurrence is in terms of its own. */
  private final Set<Item> said = Collections.newSetFromMap(new IdentityHashMap<>());

  /** In a form, the names that mean something within a block only. */
  private final Set<String> hidden = new HashSet<>(Set.of("length", "chunk"));

  /** In a form, whether there is no state to read. */
  private boolean fromRest;

  private BodyChecker(Scope scope, Place place, Diagnostics diagnostics) {
    this.scope = scope;
    this.place = place;
    this.diagnostics = diagnostics;
    this.argumentChecker = new ArgumentChecker(diagnostics);
  }

  /** The values of a preset see no names but those of functions. */
  static void check(PresetDeclaration preset, Scope scope, Diagnostics diagnostics) {
    BodyChecker body = new BodyChecker(scope, Place.FUNCTION, diagnostics);
    preset.values().forEach(value -> body.expression(value.value()));
  }

  static void check(FunctionDeclaration function, Scope scope, Diagnostics diagnostics) {
    BodyChecker body = new BodyChecker(scope, Place.FUNCTION, diagnostics);
    function.parameters().forEach(name -> body.declare(name, Kind.VALUE));
    function.over().forEach(name -> body.declare(name, Kind.AXIS));
    body.expression(function.body());
  }

  static void check(LayerDeclaration layer, Scope scope, Diagnostics diagnostics) {
    BodyChecker body = new BodyChecker(scope, Place.LAYER, diagnostics);
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
    body.oneOut(layer.items(), layer.name());
  }

  static void check(RecurrenceDeclaration recurrence, Scope scope, Diagnostics diagnostics) {
    BodyChecker body = new BodyChecker(scope, Place.RECURRENCE, diagnostics);
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
    body.equations(recurrence);
    body.oneOut(recurrence.items(), recurrence.name());
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
    BodyChecker body = new BodyChecker(scope, Place.FORM, diagnostics);
    for (Hyperparameter hyper : recurrence.hyperparameters()) {
      Kind kind = hyper.choices().isEmpty() ? Kind.HYPERPARAMETER : Kind.FUNCTION;
      body.locals.putIfAbsent(hyper.name().text(), Local.of(kind, hyper.name()));
    }
    for (Item item : recurrence.items()) {
      switch (item) {
        case Item.AxisItem axis ->
            body.locals.putIfAbsent(axis.name().text(), Local.of(Kind.AXIS, axis.name()));
        case Item.TensorItem input -> {
          body.locals.putIfAbsent(input.name().text(), Local.of(Kind.VALUE, input.name()));
          if (input.role() == Item.TensorItem.Role.IN) {
            body.hidden.add(input.name().text());
          }
        }
        case Item.StateItem state -> {
          body.locals.putIfAbsent(state.name().text(), Local.of(Kind.STATE, state.name()));
          body.hidden.add(state.name().text());
        }
        case Item.LetItem l -> {}
        case Item.NextItem n -> {}
        case Item.LayerItem l -> {}
        case Item.OutItem o -> {}
      }
    }
    for (String name : Builtins.OF_A_BLOCK) {
      body.locals.putIfAbsent(name, Local.of(Kind.VALUE, form.name()));
    }
    FormItems items = FormItems.of(form, recurrence);
    body.said.addAll(items.said().values());
    body.fromRest = items.isFromRest();
    body.items(form.items());
    new FormItemChecker(form, items, diagnostics).check();
    body.oneOut(form.items(), form.name());
  }

  private void equations(RecurrenceDeclaration recurrence) {
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

  private void oneOut(List<Item> items, Name name) {
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

  private void hyperparameters(List<Hyperparameter> hyperparameters) {
    for (Hyperparameter hyper : hyperparameters) {
      hyper.defaultValue().ifPresent(this::expression);
      List<FunctionDeclaration> choices = new ArrayList<>();
      for (Name choice : hyper.choices()) {
        function(choice).ifPresent(choices::add);
      }
      declare(
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
                    .orElseGet(() -> importing(name)));
    return Optional.empty();
  }

  private void items(List<Item> items) {
    for (Item item : items) {
      nameOf(item).ifPresent(name -> later.putIfAbsent(name.text(), name.span()));
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
        axis.size().ifPresent(this::expression);
        declare(axis.name(), Kind.AXIS);
      }
      case Item.TensorItem tensor -> {
        type(tensor.type());
        tensor.initialiser().ifPresent(this::initialiser);
        declare(tensor.name(), Kind.VALUE);
      }
      case Item.StateItem state -> {
        type(state.type());
        expression(state.initial());
        declare(state.name(), Kind.STATE);
      }
      case Item.NextItem next -> expression(next.value());
      case Item.LetItem let -> {
        let.type().ifPresent(this::type);
        if (said.contains(let)) {
          said(let);
        } else {
          at(let.positions(), let.value());
          hidden.add(let.name().text());
          declare(let.name(), Kind.VALUE);
        }
      }
      case Item.LayerItem layer -> {
        layer.repeat().ifPresent(this::expression);
        arguments(layer.arguments());
        declare(layer.name(), new Local(Kind.LAYER, layer.name().span(), layer(layer), List.of()));
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
    within(positions, () -> expression(expression));
  }

  /** A state of the recurrence in terms of the form's own: it is so between blocks, too. */
  private void said(Item.LetItem let) {
    Map<String, Local> outside = new LinkedHashMap<>(locals);
    hidden.stream().filter(locals::containsKey).forEach(locals::remove);
    expression(let.value());
    locals.clear();
    locals.putAll(outside);
  }

  private void within(List<Name> positions, Runnable check) {
    Map<String, Local> outside = new LinkedHashMap<>(locals);
    positions.forEach(name -> declare(name, Kind.POSITION));
    check.run();
    locals.clear();
    locals.putAll(outside);
  }

  private Optional<LayerDeclaration> layer(Item.LayerItem item) {
    String name = item.layer().text();
    Optional<Scope.Entry> entry = scope.find(name);
    if (entry.isEmpty()) {
      diagnostics
          .error(Code.UNKNOWN_LAYER, item.layer().span(), "there is no layer `" + name + "`")
          .help(
              Suggestions.didYouMean(name, scope.names(LayerDeclaration.class))
                  .orElseGet(() -> importing(name)));
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

  private static String importing(String name) {
    return StandardLibrary.declaring(name)
        .map(file -> "`import " + file + "` brings it")
        .orElse("declare it, or import the file that does");
  }

  private void type(Type type) {
    switch (type) {
      case Type.TensorType tensor -> {
        Set<String> seen = new HashSet<>();
        for (Name axis : tensor.axes()) {
          axis(axis);
          if (!seen.add(axis.text())) {
            diagnostics
                .error(Code.AXIS_TWICE, axis.span(), "the axis `" + axis + "` appears twice")
                .help("name a second axis of that size: `axis other = " + axis + "`");
          }
        }
      }
      case Type.IndexType index -> axis(index.axis());
    }
  }

  private void initialiser(Initialiser initialiser) {
    switch (initialiser) {
      case Initialiser.Constant constant -> expression(constant.value());
      case Initialiser.Elementwise elementwise -> {
        Map<String, Local> outside = new LinkedHashMap<>(locals);
        for (IndexVariable variable : elementwise.variables()) {
          declare(variable.name(), Kind.VALUE);
        }
        expression(elementwise.value());
        locals.clear();
        locals.putAll(outside);
      }
      case Initialiser.Random random -> {
        arguments(random.arguments());
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

  private void expression(Expression expression) {
    switch (expression) {
      case Expression.NumberLiteral n -> {}
      case Expression.FlagLiteral f -> {}
      case Expression.NameExpression name -> value(name);
      case Expression.PrimedName primed -> {
        Local local = locals.get(primed.name());
        if (local == null || local.kind() != Kind.STATE) {
          diagnostics
              .error(Code.NO_STATE, primed.span(), "`" + primed.name() + "` is no state")
              .help("`'` marks the value of a state after the step");
        }
      }
      case Expression.Unary unary -> expression(unary.operand());
      case Expression.Binary binary -> {
        expression(binary.left());
        expression(binary.right());
      }
      case Expression.Conditional conditional -> {
        expression(conditional.condition());
        expression(conditional.whenTrue());
        expression(conditional.whenFalse());
      }
      case Expression.CallExpression call -> call(call);
      case Expression.IndexExpression index -> {
        expression(index.table());
        expression(index.index());
      }
    }
  }

  private void value(Expression.NameExpression name) {
    Local local = locals.get(name.name());
    if (local != null) {
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
    if (entry.isEmpty() && place == Place.FORM && hidden.contains(name.name())) {
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
      List<String> candidates = new ArrayList<>(locals.keySet());
      candidates.addAll(scope.names(FunctionDeclaration.class));
      unknown(
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

  /** Each unknown name is reported once, where it is first used. */
  private void unknown(String name, Span span, String message, String help) {
    if (!unknown.add(name)) {
      return;
    }
    Span below = later.get(name);
    if (below == null) {
      diagnostics.error(Code.UNKNOWN_NAME, span, message).help(help);
    } else {
      diagnostics
          .error(Code.UNKNOWN_NAME, span, "`" + name + "` is used before it is declared")
          .help("move its declaration above this line")
          .note(below, "it is declared here");
    }
  }

  private void axis(Name name) {
    Local local = locals.get(name.text());
    if (local == null) {
      List<String> axes =
          locals.entrySet().stream()
              .filter(e -> isAxis(e.getValue()))
              .map(Map.Entry::getKey)
              .toList();
      unknown(
          name.text(),
          name.span(),
          "there is no axis `" + name + "`",
          Suggestions.didYouMean(name.text(), axes)
              .orElse("declare it above this line: `axis " + name + " = ...`"));
    } else if (!isAxis(local)) {
      diagnostics
          .error(
              Code.WRONG_KIND,
              name.span(),
              "`" + name + "` is " + local.kind().words + ", not an axis")
          .help(
              local.kind() == Kind.POSITION
                  ? "only `sum`, `mean` and `maximum` work over positions"
                  : "name an axis: `axis " + name.text() + "_axis = ...`")
          .note(local.span(), "it is declared here");
    }
  }

  private static boolean isAxis(Local local) {
    return local.kind() == Kind.AXIS || local.kind() == Kind.HYPERPARAMETER;
  }

  private void call(Expression.CallExpression call) {
    List<Name> positions = positions(call);
    within(positions, () -> arguments(call.arguments(), positions));
    Name function = call.function();
    String name = function.text();
    Arguments arguments = call.arguments();
    Local local = locals.get(name);
    if (local != null && !(local.isValue() && Builtins.names().contains(name))) {
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
                    "`" + name + "` is " + local.kind().words + " and cannot be called")
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
            && !locals.containsKey(function)
            && scope.find(function).isEmpty();
    return binds
        ? call.arguments().over().stream()
            .filter(name -> !locals.containsKey(name.text()) || !isAxis(locals.get(name.text())))
            .toList()
        : List.of();
  }

  private void unknownFunction(Name function) {
    List<String> candidates = new ArrayList<>(Builtins.names());
    candidates.addAll(scope.names(FunctionDeclaration.class));
    candidates.addAll(scope.names(RecurrenceDeclaration.class));
    locals.forEach((name, local) -> {
      if (local.kind() == Kind.LAYER) {
        candidates.add(name);
      }
    });
    unknown(
        function.text(),
        function.span(),
        "there is no function, recurrence or layer `" + function + "`",
        Suggestions.didYouMean(function.text(), candidates)
            .orElseGet(() -> importing(function.text())));
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

  private void arguments(Arguments arguments) {
    arguments(arguments, List.of());
  }

  /**
   * @param positions those of the names after {@code over} that are positions
   */
  private void arguments(Arguments arguments, List<Name> positions) {
    arguments.positional().forEach(this::expression);
    arguments.named().forEach(named -> expression(named.value()));
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

  private void declare(Name name, Kind kind) {
    declare(name, Local.of(kind, name));
  }

  private void declare(Name name, Local local) {
    Local other = locals.putIfAbsent(name.text(), local);
    if (other != null) {
      diagnostics
          .error(Code.DECLARED_TWICE, name.span(), "`" + name + "` is declared twice")
          .help("every name is bound once; give this one another name")
          .note(other.span(), "it is first declared here, as " + other.kind().words);
    }
  }
}
