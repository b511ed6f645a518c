package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.IndexVariable;
import dev.retain.compiler.syntax.Initialiser;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Spells out the step of a recurrence for one use of it, as a graph of its own. */
final class StepElaborator implements Evaluator.Calls {
  private final RecurrenceDeclaration recurrence;
  private final Environment inside;
  private final Binder binder;
  private final Map<Axis, Model.DeclaredAxis> axes;
  private final Diagnostics diagnostics;
  private final GraphBuilder body = new GraphBuilder();
  private final Evaluator evaluator;
  private final Tensors shapes;
  private final Map<String, Item.StateItem> states = new LinkedHashMap<>();

  /**
   * @param inside what names mean in this use; it knows the axes that are mapped over
   * @param axes gets those that the recurrence declares
   */
  StepElaborator(
      Program program,
      RecurrenceDeclaration recurrence,
      Environment inside,
      Binder binder,
      Map<Axis, Model.DeclaredAxis> axes,
      Diagnostics diagnostics) {
    this.recurrence = recurrence;
    this.inside = inside;
    this.binder = binder;
    this.axes = axes;
    this.diagnostics = diagnostics;
    this.evaluator = new Evaluator(program, body, diagnostics, this);
    this.shapes = new Tensors(body, evaluator, diagnostics);
  }

  /**
   * The step with its inputs.
   *
   * @param call where the recurrence is used
   * @return nothing after a diagnostic
   */
  Optional<RecurrenceCall> step(RecurrenceInputs inputs, Span call) {
    hyperparameters();
    if (!inputs.bind(inside, body)) {
      return Optional.empty();
    }
    int errors = diagnostics.errorCount();
    int count = diagnostics.count();
    Value result = new Wrong();
    Span out = recurrence.span();
    for (Item item : recurrence.items()) {
      if (item instanceof Item.OutItem last) {
        result = evaluator.evaluate(last.value(), inside);
        out = last.value().span();
      } else {
        item(item);
      }
    }
    diagnostics.noteSince(count, call, "in this use of `" + recurrence.name() + "`");
    if (diagnostics.errorCount() > errors || result instanceof Wrong) {
      return Optional.empty();
    }
    List<RecurrenceCall.State> finished = new ArrayList<>();
    states.values().forEach(state -> finished(state).ifPresent(finished::add));
    int output = evaluator.node(result, out);
    if (diagnostics.errorCount() > errors) {
      return Optional.empty();
    }
    return Optional.of(
        new RecurrenceCall(
            recurrence.name().text(),
            inside.path(),
            inside.mapped(),
            inputs.inStep(inside, body),
            finished,
            body.build(),
            output,
            recurrence.span()));
  }

  private void hyperparameters() {
    for (Hyperparameter hyper : recurrence.hyperparameters()) {
      Expression expression = hyper.defaultValue().orElseThrow();
      Value value = evaluator.evaluate(expression, inside);
      binder.declare(
          hyper,
          Hyperparameters.check(
              hyper,
              recurrence.hyperparameters(),
              inside.scope(),
              value,
              expression.span(),
              diagnostics),
          inside);
    }
  }

  private void item(Item item) {
    switch (item) {
      case Item.AxisItem axis -> axis(axis);
      case Item.TensorItem tensor ->
          tensor
              .initialiser()
              .ifPresent(values ->
                  inside
                      .values()
                      .put(tensor.name().text(), constant(values, inside, body, evaluator)));
      case Item.StateItem state -> {
        states.put(state.name().text(), state);
        state(state);
      }
      case Item.NextItem next -> inside.next().put(next.state().text(), next(next));
      case Item.LetItem let -> {
        Value value = evaluator.evaluate(let.value(), inside);
        let.type().ifPresent(type -> shapes.check(type, value, let, inside));
        inside.values().put(let.name().text(), value);
      }
      case Item.OutItem out -> throw new AssertionError(out);
      case Item.LayerItem layer -> throw new AssertionError(layer);
    }
  }

  private void axis(Item.AxisItem item) {
    String name = item.name().text();
    Value solved = inside.values().get(name);
    if (item.size().isPresent()) {
      Optional<Integer> size =
          Sizes.evaluate(item.size().get(), "`" + name + "`", evaluator, inside, diagnostics);
      if (size.isEmpty()) {
        inside.values().put(name, new Wrong());
        return;
      }
      if (solved instanceof Known known && known.number() != size.get()) {
        diagnostics
            .error(
                Code.WRONG_ARGUMENT_SHAPE,
                item.span(),
                "the arguments give `"
                    + name
                    + "` the size "
                    + Numbers.text(known.number())
                    + ", and it should be "
                    + size.get())
            .help("pass arguments of that size");
        return;
      }
      if (solved == null) {
        inside
            .values()
            .put(name, new Known(size.get(), Optional.of(binder.fresh(name, size.get(), inside))));
      }
    } else if (solved == null) {
      inside.unsolved().add(name);
    }
    inside
        .axis(name)
        .ifPresent(axis ->
            axes.putIfAbsent(axis, new Model.DeclaredAxis(axis, inside.owner(), item.span())));
  }

  /** A constant of the recurrence's own: the value at every place is computed from the place. */
  static Value constant(
      Initialiser initialiser, Environment inside, GraphBuilder body, Evaluator evaluator) {
    return switch (initialiser) {
      case Initialiser.Constant(Expression value, Span span) -> evaluator.evaluate(value, inside);
      case Initialiser.Elementwise(var variables, Expression value, Span span) -> {
        Map<String, Value> outside = new HashMap<>(inside.values());
        for (IndexVariable variable : variables) {
          Optional<Axis> axis = evaluator.axis(variable.axis(), inside);
          inside
              .values()
              .put(
                  variable.name().text(),
                  axis.<Value>map(a -> Tensor.of(body.index(a, variable.span())))
                      .orElseGet(Wrong::new));
        }
        Value result = evaluator.evaluate(value, inside);
        inside.values().clear();
        inside.values().putAll(outside);
        yield result;
      }
      case Initialiser.Random random -> throw new AssertionError(random);
    };
  }

  private void state(Item.StateItem item) {
    Optional<List<Axis>> own = shapes.axes(item.type(), inside);
    if (own.isEmpty()) {
      inside.values().put(item.name().text(), new Wrong());
      return;
    }
    List<Axis> all = new ArrayList<>(inside.mapped());
    all.addAll(own.get());
    int node = body.state(inside.path(item.name().text()), all, item.span());
    inside.states().put(item.name().text(), new Environment.State(node, all));
  }

  private Value next(Item.NextItem item) {
    Value value = evaluator.evaluate(item.value(), inside);
    Environment.State state = inside.states().get(item.state().text());
    int node = state == null ? -1 : evaluator.node(value, item.value().span());
    if (node < 0) {
      return new Wrong();
    }
    if (!state.axes().containsAll(body.axes(node))) {
      diagnostics
          .error(
              Code.WRONG_STATE_SHAPE,
              item.value().span(),
              "`"
                  + item.state()
                  + "` is "
                  + Shapes.sizes(state.axes())
                  + ", and its equation gives "
                  + Shapes.sizes(body.axes(node)))
          .help("sum over the axes that the state lacks, or give them to the state")
          .note(body.node(state.before()).span(), "the state is declared here")
          .note(body.node(node).span(), "the value comes from here");
      return new Wrong();
    }
    return Tensor.of(node);
  }

  private Optional<RecurrenceCall.State> finished(Item.StateItem item) {
    String name = item.name().text();
    Environment.State state = inside.states().get(name);
    int next = evaluator.node(inside.next().get(name), item.span());
    return shapes
        .number(item.initial(), inside)
        .map(initial ->
            new RecurrenceCall.State(
                name, inside.path(name), state.axes(), initial, next, item.span()));
  }

  @Override
  public Value layer(
      Environment.Instance layer, Map<String, Value> inputs, Span span, Environment caller) {
    throw new AssertionError("a recurrence has no layers inside");
  }

  @Override
  public Value recurrence(
      RecurrenceDeclaration recurrence,
      Scope.Entry entry,
      Map<String, Value> inputs,
      Expression.CallExpression call,
      Environment caller) {
    diagnostics
        .error(
            Code.MISPLACED_ITEM, call.span(), "a recurrence cannot run inside another recurrence")
        .help("call it in the layer and pass its result as an input");
    return new Wrong();
  }
}
