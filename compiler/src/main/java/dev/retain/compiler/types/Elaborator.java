package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.names.CallInputs;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Type;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import dev.retain.runtime.program.Inputs;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts a model together from its layers: every use of a layer is spelled out, all sizes known. */
public final class Elaborator implements Evaluator.Calls {
  private static final int MOST_USES = 100_000;

  private final Program program;
  private final Diagnostics diagnostics;
  private final GraphBuilder graph = new GraphBuilder();
  private final Evaluator evaluator;
  private final Binder binder;
  private final Tensors tensors;
  private final RecurrenceElaborator recurrences;
  private final Map<Axis, Model.DeclaredAxis> axes = new LinkedHashMap<>();
  private int uses;

  private Elaborator(Program program, Diagnostics diagnostics) {
    this.program = program;
    this.diagnostics = diagnostics;
    this.evaluator = new Evaluator(program, graph, diagnostics, this);
    this.binder = new Binder(graph, evaluator, diagnostics);
    this.tensors = new Tensors(graph, evaluator, diagnostics);
    this.recurrences = new RecurrenceElaborator(program, graph, diagnostics);
  }

  /**
   * Elaborates a model of the main file.
   *
   * @param settings hyperparameters by name, as given on the command line; {@code preset} names a
   *     preset
   */
  public static Model elaborate(
      Program program,
      LayerDeclaration model,
      Map<String, String> settings,
      Diagnostics diagnostics) {
    Elaborator elaborator = new Elaborator(program, diagnostics);
    Optional<Model> result = elaborator.model(model, settings);
    diagnostics.throwIfErrors();
    return result.orElseThrow();
  }

  private Optional<Model> model(LayerDeclaration model, Map<String, String> settings) {
    Scope scope = program.scope(program.fileOf(model));
    Environment environment = new Environment(scope, model.name().text(), "");
    Map<String, Value> values =
        new Settings(program, model, evaluator, diagnostics).values(settings);
    diagnostics.throwIfErrors();
    Map<String, String> texts = new LinkedHashMap<>();
    for (Hyperparameter hyper : model.hyperparameters()) {
      Value value = values.get(hyper.name().text());
      texts.put(hyper.name().text(), Settings.text(value));
      binder.declare(hyper, value, environment);
    }
    Optional<Axis> vocabulary = Optional.empty();
    Value result = new Wrong();
    Span out = model.name().span();
    for (Item item : model.items()) {
      if (item instanceof Item.TensorItem input && CallInputs.of(List.of(input)).contains(input)) {
        Optional<Axis> axis = token(input, environment, vocabulary.isPresent());
        vocabulary = vocabulary.isPresent() ? vocabulary : axis;
      } else {
        result = item(item, environment, Map.of(), model.span()).orElse(result);
        out = item instanceof Item.OutItem last ? last.value().span() : out;
      }
    }
    int output = evaluator.node(result, out);
    if (diagnostics.hasErrors()) {
      return Optional.empty();
    }
    if (vocabulary.isEmpty()) {
      diagnostics
          .error(Code.WRONG_MODEL_SHAPE, model.name().span(), "the model has no token to read")
          .help("declare its input: `in token: index of vocab`");
      return Optional.empty();
    }
    if (!graph.axes(output).equals(List.of(vocabulary.get()))) {
      diagnostics
          .error(
              Code.WRONG_MODEL_SHAPE,
              out,
              "the model's result is "
                  + Shapes.sizes(graph.axes(output))
                  + ", and must be a logit for each token, "
                  + Shapes.sizes(List.of(vocabulary.get())))
          .help(
              "map it to the vocabulary: `layer readout = Linear(d, "
                  + vocabulary.get().name()
                  + ")`, then `out readout(x)`")
          .note(graph.node(output).span(), "the result comes from here");
      return Optional.empty();
    }
    recurrences.axes().forEach(axes::putIfAbsent);
    Graph step = graph.build();
    Set<String> used = TensorsInUse.paths(step, output);
    return Optional.of(
        new Model(
            model.name().text(),
            texts,
            List.copyOf(axes.values()),
            tensors.parameters().stream().filter(one -> used.contains(one.path())).toList(),
            tensors.constants().stream().filter(one -> used.contains(one.path())).toList(),
            step,
            output,
            vocabulary.get(),
            recurrences.forms(),
            model.span()));
  }

  private Optional<Axis> token(
      Item.TensorItem input, Environment environment, boolean alreadyThere) {
    if (alreadyThere
        || input.role() != Item.TensorItem.Role.IN
        || !(input.type() instanceof Type.IndexType type)) {
      diagnostics
          .error(
              Code.WRONG_MODEL_SHAPE, input.span(), "a model has one input, the index of a token")
          .help(
              input.role() == Item.TensorItem.Role.IN
                  ? "one `in token: index of vocab` and nothing else comes from outside"
                  : "give `" + input.name() + "` a value here: nobody calls a model");
      environment.values().put(input.name().text(), new Wrong());
      return Optional.empty();
    }
    Optional<Axis> axis = evaluator.axis(type.axis(), environment);
    axis.ifPresent(vocabulary -> {
      int node = graph.input(Inputs.TOKEN, List.of(), Precision.WHOLE, input.span());
      environment.values().put(input.name().text(), new Tensor(node, axis));
    });
    return axis;
  }

  /** The value of the layer if the item is its {@code out}. */
  private Optional<Value> item(
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
    return recurrences.call(recurrence, entry, inputs, call, caller, evaluator, binder);
  }
}
