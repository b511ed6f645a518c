package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.Declaration;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.IndexVariable;
import dev.retain.compiler.syntax.Initialiser;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.Type;
import java.util.ArrayList;
import java.util.HashSet;
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
    LAYER("a layer");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private record Local(Kind kind, Span span, Optional<LayerDeclaration> layer) {}

  private final Scope scope;
  private final Diagnostics diagnostics;
  private final Map<String, Local> locals = new LinkedHashMap<>();

  private BodyChecker(Scope scope, Diagnostics diagnostics) {
    this.scope = scope;
    this.diagnostics = diagnostics;
  }

  static void check(FunctionDeclaration function, Scope scope, Diagnostics diagnostics) {
    BodyChecker body = new BodyChecker(scope, diagnostics);
    function.parameters().forEach(name -> body.declare(name, Kind.VALUE));
    function.over().forEach(name -> body.declare(name, Kind.AXIS));
    body.expression(function.body());
  }

  static void check(LayerDeclaration layer, Scope scope, Diagnostics diagnostics) {
    BodyChecker body = new BodyChecker(scope, diagnostics);
    body.hyperparameters(layer.hyperparameters());
    layer.items().forEach(body::item);
    for (Item item : layer.items()) {
      if (item instanceof Item.StateItem || item instanceof Item.NextItem) {
        diagnostics
            .error(Code.MISPLACED_ITEM, item.span(), "a layer has no states of its own")
            .help("write a `recurrence` with this state and call it here");
      }
    }
    body.oneOut(layer.items(), layer.name());
  }

  static void check(RecurrenceDeclaration recurrence, Scope scope, Diagnostics diagnostics) {
    BodyChecker body = new BodyChecker(scope, diagnostics);
    body.hyperparameters(recurrence.hyperparameters());
    recurrence.items().forEach(body::item);
    for (Item item : recurrence.items()) {
      if (item instanceof Item.LayerItem) {
        diagnostics
            .error(Code.MISPLACED_ITEM, item.span(), "a recurrence has no layers inside")
            .help("call the layer outside and pass its result as an input");
      }
      if (item instanceof Item.TensorItem tensor && tensor.initialiser().isPresent()) {
        diagnostics
            .error(
                Code.MISPLACED_ITEM,
                tensor.initialiser().get().span(),
                "an input of a recurrence gets its value from the caller")
            .help("remove the initial value here and give it where the recurrence is called");
      }
    }
    body.equations(recurrence);
    body.oneOut(recurrence.items(), recurrence.name());
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
          diagnostics.error(
              Code.DECLARED_TWICE, next.span(), "`" + name + "` has a second equation");
        }
      }
    }
    for (Item item : recurrence.items()) {
      if (item instanceof Item.StateItem state && !equations.contains(state.name().text())) {
        diagnostics
            .error(
                Code.NO_EQUATION, state.span(), "`" + state.name() + "` has no equation")
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
          .note(outs.getFirst().span(), "the first one");
    }
  }

  private void hyperparameters(List<Hyperparameter> hyperparameters) {
    for (Hyperparameter hyper : hyperparameters) {
      hyper.defaultValue().ifPresent(this::expression);
      for (Name choice : hyper.choices()) {
        function(choice);
      }
      declare(hyper.name(), hyper.choices().isEmpty() ? Kind.HYPERPARAMETER : Kind.FUNCTION);
    }
  }

  private void function(Name choice) {
    Optional<Scope.Entry> entry = scope.find(choice.text());
    if (entry.isEmpty() || !(entry.get().declaration() instanceof FunctionDeclaration)) {
      diagnostics
          .error(Code.UNKNOWN_NAME, choice.span(), "there is no function `" + choice + "`")
          .help(
              Suggestions.didYouMean(choice.text(), scope.names(FunctionDeclaration.class))
                  .orElse("a choice is the name of a function of this file or an imported one"));
    }
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
        expression(let.value());
        declare(let.name(), Kind.VALUE);
      }
      case Item.LayerItem layer -> {
        layer.repeat().ifPresent(this::expression);
        arguments(layer.arguments());
        declare(layer.name(), Kind.LAYER, layer(layer));
      }
      case Item.OutItem out -> expression(out.value());
    }
  }

  private Optional<LayerDeclaration> layer(Item.LayerItem item) {
    String name = item.layer().text();
    Optional<Scope.Entry> entry = scope.find(name);
    if (entry.isEmpty()) {
      diagnostics
          .error(Code.UNKNOWN_LAYER, item.layer().span(), "there is no layer `" + name + "`")
          .help(
              Suggestions.didYouMean(name, scope.names(LayerDeclaration.class))
                  .orElse("declare it, or import the file that does: `import std.layers`"));
      return Optional.empty();
    }
    if (!(entry.get().declaration() instanceof LayerDeclaration layer)) {
      diagnostics
          .error(Code.WRONG_KIND, item.layer().span(), "`" + name + "` is no layer")
          .note(entry.get().name().span(), "it is declared here");
      return Optional.empty();
    }
    List<String> names = layer.hyperparameters().stream().map(h -> h.name().text()).toList();
    List<String> needed =
        layer.hyperparameters().stream()
            .filter(h -> h.defaultValue().isEmpty())
            .map(h -> h.name().text())
            .toList();
    signature(item.layer(), item.arguments(), names, needed, "hyperparameter");
    return Optional.of(layer);
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
          axis(variable.axis());
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
          signature(
              random.distribution(), random.arguments(), List.of("scale"), List.of("scale"),
              "argument");
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
            .error(
                Code.WRONG_KIND, name.span(), "`" + name.name() + "` is a layer, not a value")
            .help("apply it: `" + name.name() + "(x)`")
            .note(local.span(), "it is declared here");
      }
      return;
    }
    Optional<Scope.Entry> entry = scope.find(name.name());
    if (entry.isEmpty()) {
      List<String> candidates = new ArrayList<>(locals.keySet());
      candidates.addAll(scope.names(FunctionDeclaration.class));
      diagnostics
          .error(Code.UNKNOWN_NAME, name.span(), "`" + name.name() + "` is not declared")
          .help(
              Suggestions.didYouMean(name.name(), candidates)
                  .orElse("names are declared before the line that uses them"));
    } else if (!(entry.get().declaration() instanceof FunctionDeclaration)) {
      diagnostics
          .error(Code.WRONG_KIND, name.span(), "`" + name.name() + "` is no value")
          .note(entry.get().name().span(), "it is declared here");
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
      diagnostics
          .error(Code.UNKNOWN_NAME, name.span(), "there is no axis `" + name + "`")
          .help(
              Suggestions.didYouMean(name.text(), axes)
                  .orElse("declare it before this line: `axis " + name + " = ...`"));
    } else if (!isAxis(local)) {
      diagnostics
          .error(
              Code.WRONG_KIND,
              name.span(),
              "`" + name + "` is " + local.kind().words + ", not an axis")
          .note(local.span(), "it is declared here");
    }
  }

  private static boolean isAxis(Local local) {
    return local.kind() == Kind.AXIS || local.kind() == Kind.HYPERPARAMETER;
  }

  private void call(Expression.CallExpression call) {
    arguments(call.arguments());
    Name function = call.function();
    String name = function.text();
    Arguments arguments = call.arguments();
    Local local = locals.get(name);
    if (local != null) {
      switch (local.kind()) {
        case LAYER -> local.layer().ifPresent(layer -> inputs(function, arguments, layer.items()));
        case FUNCTION -> {}
        case HYPERPARAMETER, AXIS, VALUE, STATE ->
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
      positional(function, arguments, Builtins.POINTWISE.get(name).arity(), false);
    } else if (Builtins.OVER.containsKey(name)) {
      positional(function, arguments, Builtins.OVER.get(name), true);
    } else {
      unknownFunction(function);
    }
  }

  private void unknownFunction(Name function) {
    List<String> candidates = new ArrayList<>(Builtins.names());
    candidates.addAll(scope.names(FunctionDeclaration.class));
    candidates.addAll(scope.names(RecurrenceDeclaration.class));
    locals.forEach(
        (name, local) -> {
          if (local.kind() == Kind.LAYER) {
            candidates.add(name);
          }
        });
    diagnostics
        .error(
            Code.UNKNOWN_NAME,
            function.span(),
            "there is no function, recurrence or layer `" + function + "`")
        .help(
            Suggestions.didYouMean(function.text(), candidates)
                .orElse("declare it, or import the file that does"));
  }

  private void declared(Scope.Entry entry, Name function, Arguments arguments) {
    switch (entry.declaration()) {
      case FunctionDeclaration declaration -> {
        List<String> names = declaration.parameters().stream().map(Name::text).toList();
        signature(function, arguments, names, names, "parameter");
        overs(function, arguments, declaration.over().size());
      }
      case RecurrenceDeclaration declaration -> inputs(function, arguments, declaration.items());
      case LayerDeclaration layer ->
          diagnostics
              .error(
                  Code.WRONG_KIND,
                  function.span(),
                  "`" + function + "` is a layer, and a layer needs a name for its parameters")
              .help("name it first: `layer inner = " + function + "(...)`, then `inner(x)`");
      case Declaration.PresetDeclaration p -> throw new AssertionError(p);
      case Declaration.EquivalenceDeclaration e -> throw new AssertionError(e);
    }
  }

  /** The inputs of a layer or recurrence: those that get their value from the caller. */
  private void inputs(Name callee, Arguments arguments, List<Item> items) {
    List<String> names =
        CallInputs.of(items).stream().map(item -> item.name().text()).toList();
    signature(callee, arguments, names, names, "input");
    overs(callee, arguments, 0);
  }

  private void signature(
      Name callee, Arguments arguments, List<String> names, List<String> needed, String word) {
    Set<String> given = new HashSet<>();
    for (int i = 0; i < arguments.positional().size(); i++) {
      if (i >= names.size()) {
        diagnostics
            .error(
                Code.TOO_MANY_ARGUMENTS,
                arguments.positional().get(i).span(),
                "`" + callee + "` takes " + count(names.size(), word))
            .help(names.isEmpty() ? "remove it" : "they are " + String.join(", ", names));
        break;
      }
      given.add(names.get(i));
    }
    for (Arguments.NamedArgument named : arguments.named()) {
      String name = named.name().text();
      if (!names.contains(name)) {
        diagnostics
            .error(
                Code.UNKNOWN_ARGUMENT,
                named.name().span(),
                "`" + callee + "` has no " + word + " `" + name + "`")
            .help(
                Suggestions.didYouMean(name, names)
                    .orElse(
                        names.isEmpty() ? "it has none" : "it has " + String.join(", ", names)));
      } else if (!given.add(name)) {
        diagnostics.error(
            Code.DECLARED_TWICE, named.span(), "`" + name + "` is given twice");
      }
    }
    List<String> missing = needed.stream().filter(name -> !given.contains(name)).toList();
    if (!missing.isEmpty()) {
      diagnostics
          .error(
              Code.MISSING_ARGUMENT,
              callee.span(),
              "`" + callee + "` also needs " + String.join(", ", missing))
          .help("its " + word + "s are " + String.join(", ", names));
    }
  }

  private void positional(Name callee, Arguments arguments, int arity, boolean over) {
    arguments
        .named()
        .forEach(
            named ->
                diagnostics.error(
                    Code.UNKNOWN_ARGUMENT,
                    named.name().span(),
                    "`" + callee + "` takes its arguments by position"));
    if (arguments.positional().size() != arity) {
      diagnostics.error(
          arguments.positional().size() < arity ? Code.MISSING_ARGUMENT : Code.TOO_MANY_ARGUMENTS,
          callee.span(),
          "`" + callee + "` takes " + count(arity, "argument")
              + ", not " + arguments.positional().size());
    }
    if (over && arguments.over().isEmpty()) {
      diagnostics
          .error(
              Code.MISSING_ARGUMENT,
              callee.span(),
              "`" + callee + "` needs to know over which axis it works")
          .help("say `" + callee + "(x over K)`");
    } else if (!over) {
      overs(callee, arguments, 0);
    }
  }

  private void overs(Name callee, Arguments arguments, int expected) {
    if (arguments.over().size() != expected) {
      diagnostics
          .error(
              arguments.over().size() < expected
                  ? Code.MISSING_ARGUMENT
                  : Code.TOO_MANY_ARGUMENTS,
              callee.span(),
              "`" + callee + "` works over " + (expected == 1 ? "1 axis" : expected + " axes")
                  + ", not " + arguments.over().size())
          .help(expected == 0 ? "remove `over ...`" : "say `" + callee + "(... over K)`");
    }
  }

  private static String count(int number, String word) {
    return (number == 0 ? "no" : Integer.toString(number)) + " " + word + (number == 1 ? "" : "s");
  }

  private void arguments(Arguments arguments) {
    arguments.positional().forEach(this::expression);
    arguments.named().forEach(named -> expression(named.value()));
    arguments.over().forEach(this::axis);
  }

  private void declare(Name name, Kind kind) {
    declare(name, kind, Optional.empty());
  }

  private void declare(Name name, Kind kind, Optional<LayerDeclaration> layer) {
    Local other = locals.putIfAbsent(name.text(), new Local(kind, name.span(), layer));
    if (other != null) {
      diagnostics
          .error(Code.DECLARED_TWICE, name.span(), "`" + name + "` is declared twice")
          .help("every name is bound once; give this one another name")
          .note(other.span(), "it is first declared here, as " + other.kind().words);
    }
  }
}
