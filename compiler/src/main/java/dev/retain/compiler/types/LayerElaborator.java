package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.names.CallInputs;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Spells out every use of a layer, in one graph. */
final class LayerElaborator implements Evaluator.Calls {
  private static final int MOST_USES = 100_000;

  private final Program program;
  private final Diagnostics diagnostics;
  private final Evaluator evaluator;
  private final Binder binder;
  private final Tensors tensors;
  private final RecurrenceElaborator recurrences;
  private final Map<Axis, Model.DeclaredAxis> axes = new LinkedHashMap<>();
  private int uses;

  LayerElaborator(Program program, GraphBuilder graph, Diagnostics diagnostics) {
    this.program = program;
    this.diagnostics = diagnostics;
    this.evaluator = new Evaluator(program, graph, diagnostics, this);
    this.binder = new Binder(graph, evaluator, diagnostics);
    this.tensors = new Tensors(graph, evaluator, diagnostics);
    this.recurrences = new RecurrenceElaborator(program, graph, diagnostics);
  }

  /** What computes expressions in layers. */
  Evaluator evaluator() {
    return evaluator;
  }

  Binder binder() {
    return binder;
  }

  /** All axes that were declared in layers, and then those in recurrences. */
  List<Model.DeclaredAxis> axes() {
    Map<Axis, Model.DeclaredAxis> all = new LinkedHashMap<>(axes);
    recurrences.axes().forEach(all::putIfAbsent);
    return List.copyOf(all.values());
  }

  List<Model.ParameterSpec> parameters() {
    return tensors.parameters();
  }

  List<Model.ConstantSpec> constants() {
    return tensors.constants();
  }

  /** The forms that are written by hand, of each use of a recurrence. */
  List<HandWrittenForm> forms() {
    return recurrences.forms();
  }

  /**
   * Takes in one item of a layer.
   *
   * @param arguments by the name of the input; none to those missing
   * @param call where the layer is used
   * @return the value of the layer, if the item is its {@code out}
   */
  Optional<Value> item(
      Item item, Environment environment, Map<String, Value> arguments, Span call) {
    switch (item) {
      case Item.AxisItem axis -> axis(axis, environment);
      case Item.TensorItem tensor -> {
        String name = tensor.name().text();
        Value argument = arguments.get(name);
        Value value =
            argument == null
                ? tensors.declare(tensor, environment)
                : binder.bind(tensor, argument, call, environment);
        environment.values().put(name, value);
      }
      case Item.LetItem let -> {
        Value value = evaluator.evaluate(let.value(), environment);
        let.type().ifPresent(type -> tensors.check(type, value, let, environment));
        environment.values().put(let.name().text(), value);
      }
      case Item.LayerItem layer -> layer(layer, environment);
      case Item.OutItem out -> {
        return Optional.of(evaluator.evaluate(out.value(), environment));
      }
      case Item.StateItem state -> throw new AssertionError(state);
      case Item.NextItem next -> throw new AssertionError(next);
    }
    return Optional.empty();
  }

  private void axis(Item.AxisItem item, Environment environment) {
    String name = item.name().text();
    if (item.size().isEmpty()) {
      environment.unsolved().add(name);
      return;
    }
    Sizes.evaluate(item.size().get(), "`" + name + "`", evaluator, environment, diagnostics)
        .ifPresentOrElse(
            size -> {
              Axis axis = binder.fresh(name, size, environment);
              axes.putIfAbsent(
                  axis, new Model.DeclaredAxis(axis, environment.owner(), item.span()));
              environment.values().put(name, new Known(size, Optional.of(axis)));
            },
            () -> environment.values().put(name, new Wrong()));
  }

  private void layer(Item.LayerItem item, Environment environment) {
    Scope.Entry entry = environment.scope().find(item.layer().text()).orElseThrow();
    LayerDeclaration layer = (LayerDeclaration) entry.declaration();
    Scope scope = program.scope(entry.file());
    Map<String, Value> settings = new HashMap<>();
    Arguments arguments = item.arguments();
    for (int i = 0; i < arguments.positional().size(); i++) {
      Hyperparameter hyper = layer.hyperparameters().get(i);
      Expression argument = arguments.positional().get(i);
      settings.put(hyper.name().text(), argument(hyper, layer, scope, argument, environment));
    }
    for (Arguments.NamedArgument named : arguments.named()) {
      Hyperparameter hyper =
          layer.hyperparameters().stream()
              .filter(h -> h.name().text().equals(named.name().text()))
              .findFirst()
              .orElseThrow();
      settings.put(hyper.name().text(), argument(hyper, layer, scope, named.value(), environment));
    }
    int repeat = 0;
    if (item.repeat().isPresent()) {
      Optional<Integer> times =
          Sizes.evaluate(
              item.repeat().get(),
              "the number of `" + item.name() + "`",
              evaluator,
              environment,
              diagnostics);
      if (times.isEmpty()) {
        environment.values().put(item.name().text(), new Wrong());
        return;
      }
      repeat = times.get();
    }
    environment
        .layers()
        .put(
            item.name().text(),
            new Environment.Instance(
                layer, scope, settings, environment.path(item.name().text()), repeat));
  }

  private Value argument(
      Hyperparameter hyper,
      LayerDeclaration layer,
      Scope scope,
      Expression expression,
      Environment environment) {
    Value value =
        Hyperparameters.check(
            hyper,
            layer.hyperparameters(),
            scope,
            evaluator.evaluate(expression, environment),
            expression.span(),
            diagnostics);
    return value instanceof Known known && known.axis().isEmpty() && known.origin().isEmpty()
        ? known.from(
            new Value.Origin(
                "`"
                    + hyper.name()
                    + "` of `"
                    + layer.name()
                    + "` = "
                    + Numbers.text(known.number()),
                expression.span()))
        : value;
  }

  @Override
  public Value layer(
      Environment.Instance layer, Map<String, Value> inputs, Span span, Environment caller) {
    if (layer.repeat() == 0) {
      return apply(layer, layer.path(), inputs, span);
    }
    Map<String, Value> current = new LinkedHashMap<>(inputs);
    String chained =
        CallInputs.of(layer.layer().items()).stream()
            .filter(item -> item.role() == Item.TensorItem.Role.IN)
            .map(item -> item.name().text())
            .findFirst()
            .orElse(null);
    Value result = new Wrong();
    for (int i = 0; i < layer.repeat(); i++) {
      result = apply(layer, layer.path() + "." + i, current, span);
      if (result instanceof Wrong || chained == null) {
        return result;
      }
      current.put(chained, result);
    }
    return result;
  }

  private Value apply(
      Environment.Instance layer, String path, Map<String, Value> arguments, Span span) {
    LayerDeclaration declaration = layer.layer();
    if (uses == MOST_USES) {
      diagnostics
          .error(Code.BAD_SIZE, span, "the model uses layers more than " + MOST_USES + " times")
          .help("repeat fewer of them");
      return new Wrong();
    }
    uses++;
    Environment inside = new Environment(layer.scope(), declaration.name().text(), path);
    inside.mapped().addAll(binder.mapped(CallInputs.of(declaration.items()), arguments));
    for (Hyperparameter hyper : declaration.hyperparameters()) {
      hyperparameter(hyper, declaration, layer.settings().get(hyper.name().text()), inside);
    }
    int errors = diagnostics.errorCount();
    int count = diagnostics.count();
    Value result = new Wrong();
    for (Item item : declaration.items()) {
      result = item(item, inside, arguments, span).orElse(result);
    }
    diagnostics.noteSince(count, span, "in this use of `" + declaration.name() + "`");
    if (diagnostics.errorCount() > errors || result instanceof Wrong) {
      return new Wrong();
    }
    if (result instanceof Tensor tensor) {
      return outward(tensor, span, inside);
    }
    return result;
  }

  private Value outward(Tensor tensor, Span span, Environment inside) {
    int node = binder.outward(tensor.node(), span, inside);
    return node < 0
        ? new Wrong()
        : new Tensor(node, tensor.indexOf().map(axis -> inside.outside().getOrDefault(axis, axis)));
  }

  private void hyperparameter(
      Hyperparameter hyper, LayerDeclaration owner, Value given, Environment inside) {
    String name = hyper.name().text();
    if (given == null) {
      Expression expression = hyper.defaultValue().orElseThrow();
      binder.declare(
          hyper,
          Hyperparameters.check(
              hyper,
              owner.hyperparameters(),
              inside.scope(),
              evaluator.evaluate(expression, inside),
              expression.span(),
              diagnostics),
          inside);
    } else if (given instanceof Known known && known.axis().isPresent()) {
      binder.solve(name, known.axis().get(), inside);
    } else {
      inside.values().put(name, given);
    }
  }

  @Override
  public Value recurrence(
      RecurrenceDeclaration recurrence,
      Scope.Entry entry,
      Map<String, Value> inputs,
      Expression.CallExpression call,
      Environment caller) {
    return recurrences.call(recurrence, entry, inputs, call, caller, binder);
  }
}
