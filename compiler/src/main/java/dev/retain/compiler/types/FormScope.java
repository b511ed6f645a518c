package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.names.FormItems;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import dev.retain.compiler.types.Value.ByPosition;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What has a name before the own values of a form that is written by hand: the axes, inputs,
 * constants and states of its recurrence, and its own axes and states, in a graph of the form's.
 */
final class FormScope {
  private static final int MOST_POSITIONS = 6;

  private final FormElaborator.Use use;
  private final RecurrenceCall call;
  private final FormDeclaration form;
  private final FormItems items;
  private final Diagnostics diagnostics;
  private final GraphBuilder graph = new GraphBuilder();
  private final Evaluator evaluator;
  private final Tensors shapes;
  private final Environment environment;
  private final List<HandWrittenForm.State> states = new ArrayList<>();

  /**
   * Declares them all.
   *
   * @param steps the name of the input that is the number of steps made
   */
  FormScope(FormElaborator.Use use, Program.WrittenForm written, FormItems items, String steps) {
    this.use = use;
    this.call = use.call();
    this.form = written.declaration();
    this.items = items;
    this.diagnostics = use.diagnostics();
    this.evaluator = new Evaluator(use.program(), graph, diagnostics, new NoCalls());
    this.shapes = new Tensors(graph, evaluator, diagnostics);
    String name = form.name().text();
    Scope scope = use.program().scope(written.file());
    this.environment = new Environment(scope, name, use.step().path(name));
    declare(steps);
  }

  GraphBuilder graph() {
    return graph;
  }

  /** What computes expressions in this graph. */
  Evaluator evaluator() {
    return evaluator;
  }

  Tensors shapes() {
    return shapes;
  }

  /** What the names mean. */
  Environment environment() {
    return environment;
  }

  /** Those that the form carries. */
  List<HandWrittenForm.State> states() {
    return states;
  }

  private void declare(String steps) {
    environment.mapped().add(Axis.BATCH);
    IntStream.range(0, MOST_POSITIONS).mapToObj(Axis::position).forEach(environment.mapped()::add);
    environment.mapped().addAll(call.mapped());
    for (Hyperparameter hyper : use.recurrence().hyperparameters()) {
      inherit(hyper.name());
    }
    for (Item item : use.recurrence().items()) {
      if (item instanceof Item.AxisItem axis) {
        inherit(axis.name());
      }
    }
    call.inputs().forEach(this::input);
    constants();
    Span span = form.span();
    int start = graph.input(steps, List.of(Axis.BATCH), Precision.WIDE, span);
    environment.values().putIfAbsent("start", Tensor.of(start));
    int chunk = graph.input(HandWrittenForm.CHUNK, List.of(), Precision.WIDE, span);
    environment.values().putIfAbsent("chunk", Tensor.of(chunk));
    for (RecurrenceCall.State state : call.states()) {
      if (!items.isFromRest() && !items.said().containsKey(state.name())) {
        state(state.name(), state.path(), state.axes(), state.initial(), state.span());
      }
    }
    for (Item item : form.items()) {
      switch (item) {
        case Item.AxisItem axis -> axis(axis);
        case Item.StateItem own -> own(own);
        case Item.LetItem l -> {}
        case Item.NextItem n -> {}
        case Item.OutItem o -> {}
        case Item.TensorItem t -> {}
        case Item.LayerItem l -> {}
      }
    }
  }

  /** Those of the recurrence's own, in the words of the file in which it stands. */
  private void constants() {
    Environment step = new Environment(use.step().scope(), use.step().owner(), use.step().path());
    step.values().putAll(environment.values());
    for (Item item : use.recurrence().items()) {
      if (item instanceof Item.TensorItem tensor && tensor.initialiser().isPresent()) {
        Value value = StepElaborator.constant(tensor.initialiser().get(), step, graph, evaluator);
        step.values().put(tensor.name().text(), value);
        environment.values().put(tensor.name().text(), value);
      }
    }
  }

  private void inherit(Name name) {
    Value value = use.step().values().get(name.text());
    if (value != null) {
      environment.values().put(name.text(), value);
    }
  }

  private void input(RecurrenceCall.Input input) {
    Tensor inStep = (Tensor) use.step().values().get(input.name());
    Precision precision =
        call.body().nodes().stream()
            .filter(node -> node.operation().equals(new Operation.Input(input.name())))
            .map(Node::precision)
            .findFirst()
            .orElse(Precision.REAL);
    List<Axis> axes = new ArrayList<>();
    if (input.role() == Role.IN) {
      axes.addAll(List.of(Axis.BATCH, Axis.TIME));
    }
    axes.addAll(input.axes());
    Tensor tensor =
        new Tensor(graph.input(input.name(), axes, precision, input.span()), inStep.indexOf());
    environment
        .values()
        .put(
            input.name(),
            input.role() == Role.IN
                ? new ByPosition(input.name(), tensor, List.of(Axis.TIME), List.of())
                : tensor);
  }

  private void axis(Item.AxisItem item) {
    String name = item.name().text();
    Value value =
        Sizes.evaluate(
                item.size().orElseThrow(), "`" + name + "`", evaluator, environment, diagnostics)
            .<Value>map(
                size -> new Known(size, Optional.of(use.binder().fresh(name, size, environment))))
            .orElse(new Value.Wrong());
    environment.values().put(name, value);
  }

  private void own(Item.StateItem item) {
    Optional<List<Axis>> own = shapes.axes(item.type(), environment);
    Optional<Double> initial = shapes.number(item.initial(), environment);
    if (own.isEmpty() || initial.isEmpty()) {
      environment.values().put(item.name().text(), new Value.Wrong());
      return;
    }
    List<Axis> axes = new ArrayList<>(call.mapped());
    axes.addAll(own.get());
    String name = item.name().text();
    state(name, environment.path(name), axes, initial.get(), item.span());
  }

  private void state(String name, String path, List<Axis> own, double initial, Span span) {
    states.add(new HandWrittenForm.State(name, path, own, initial, span));
    List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
    axes.addAll(own);
    environment.states().put(name, new Environment.State(graph.state(path, axes, span), own));
  }
}
