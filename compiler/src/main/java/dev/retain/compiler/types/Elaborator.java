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
import dev.retain.compiler.syntax.Initialiser;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Type;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.runtime.program.Inputs;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts a model together from its layers: every use of a layer is spelled out, all sizes known. */
public final class Elaborator implements Evaluator.Calls {
  private final Program program;
  private final Diagnostics diagnostics;
  private final GraphBuilder graph = new GraphBuilder();
  private final Evaluator evaluator;
  private final Binder binder;
  private final Tensors tensors;
  private final RecurrenceElaborator recurrences;
  private final Map<Axis, Model.DeclaredAxis> axes = new LinkedHashMap<>();

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
    Scope scope = program.scope(program.main());
    Environment environment = new Environment(scope, model.name().text(), "");
    Map<String, Value> values =
        new Settings(program, model, evaluator, diagnostics).values(settings);
    diagnostics.throwIfErrors();
    Map<String, String> texts = new LinkedHashMap<>();
    for (Hyperparameter hyper : model.hyperparameters()) {
      Value value = values.get(hyper.name().text());
      texts.put(hyper.name().text(), Settings.text(value));
      declare(hyper, value, environment);
    }
    Optional<Axis> vocabulary = Optional.empty();
    Value result = new Wrong();
    for (Item item : model.items()) {
      if (item instanceof Item.TensorItem input
          && CallInputs.of(List.of(input)).contains(input)) {
        Optional<Axis> axis = token(input, environment, vocabulary.isPresent());
        vocabulary = vocabulary.isPresent() ? vocabulary : axis;
      } else {
        result = item(item, environment, Map.of(), model.span()).orElse(result);
      }
    }
    if (diagnostics.hasErrors()) {
      return Optional.empty();
    }
    int output = evaluator.node(result, model.name().span());
    if (output < 0
        || vocabulary.isEmpty()
        || !graph.axes(output).equals(List.of(vocabulary.get()))) {
      diagnostics
          .error(
              Code.WRONG_MODEL_SHAPE,
              model.name().span(),
              vocabulary.isEmpty()
                  ? "the model has no token: `in token: index of vocab`"
                  : "the model's `out` is " + Shapes.names(output < 0 ? List.of() : graph.axes(output))
                      + ", and must be [" + vocabulary.get().name() + "]")
          .help("a model takes an index of an axis and gives a number for each of its elements");
      return Optional.empty();
    }
    recurrences.axes().forEach(axes::putIfAbsent);
    return Optional.of(
        new Model(
            model.name().text(),
            texts,
            List.copyOf(axes.values()),
            tensors.parameters(),
            tensors.constants(),
            graph.build(),
            output,
            vocabulary.get(),
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
          .help("write `in token: index of vocab`");
      return Optional.empty();
    }
    Optional<Axis> axis = evaluator.axis(type.axis(), environment);
    axis.ifPresent(
        vocabulary -> {
          int node = graph.input(Inputs.TOKEN, List.of(), Precision.WHOLE, input.span());
          environment.values().put(input.name().text(), new Tensor(node, axis));
        });
    return axis;
  }

  /** A hyperparameter that is a size can serve as an axis under its own name. */
  private void declare(Hyperparameter hyper, Value value, Environment environment) {
    String name = hyper.name().text();
    if (value instanceof Known known && known.axis().isEmpty() && isSize(known.number())) {
      Axis axis = binder.fresh(name, (int) known.number(), environment);
      environment.values().put(name, new Known(known.number(), Optional.of(axis)));
    } else {
      environment.values().put(name, value);
    }
  }

  private static boolean isSize(double number) {
    return number >= 1 && number == Math.rint(number) && number <= Integer.MAX_VALUE;
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
    Sizes.evaluate(item.size().get(), item.name(), evaluator, environment, diagnostics)
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
    Map<String, Value> settings = new HashMap<>();
    Arguments arguments = item.arguments();
    for (int i = 0; i < arguments.positional().size(); i++) {
      settings.put(
          layer.hyperparameters().get(i).name().text(),
          evaluator.evaluate(arguments.positional().get(i), environment));
    }
    for (Arguments.NamedArgument named : arguments.named()) {
      settings.put(named.name().text(), evaluator.evaluate(named.value(), environment));
    }
    int repeat = 0;
    if (item.repeat().isPresent()) {
      Optional<Integer> times =
          Sizes.evaluate(item.repeat().get(), item.name(), evaluator, environment, diagnostics);
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
                layer,
                program.scope(entry.file()),
                settings,
                environment.path(item.name().text()),
                repeat));
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
    Environment inside = new Environment(layer.scope(), declaration.name().text(), path);
    inside.mapped().addAll(binder.mapped(CallInputs.of(declaration.items()), arguments));
    for (Hyperparameter hyper : declaration.hyperparameters()) {
      hyperparameter(hyper, layer.settings().get(hyper.name().text()), inside);
    }
    int errors = diagnostics.errorCount();
    Value result = new Wrong();
    for (Item item : declaration.items()) {
      result = item(item, inside, arguments, span).orElse(result);
    }
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
    if (node < 0) {
      return new Wrong();
    }
    for (Axis axis : graph.axes(node)) {
      if (inside.isOwn(axis) && graph.axes(tensor.node()).contains(axis)) {
        diagnostics
            .error(
                Code.NO_SUCH_AXIS,
                span,
                "the result of `" + inside.owner() + "` has the axis `" + axis.name()
                    + "`, which only the layer itself knows")
            .help("sum over it, or let the caller name it: a hyperparameter, or `axis "
                + axis.name() + "` without a size")
            .note(graph.node(tensor.node()).span(), "the result comes from here");
        return new Wrong();
      }
    }
    return new Tensor(node, tensor.indexOf());
  }

  private void hyperparameter(Hyperparameter hyper, Value given, Environment inside) {
    String name = hyper.name().text();
    if (given == null) {
      declare(hyper, evaluator.evaluate(hyper.defaultValue().orElseThrow(), inside), inside);
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
