package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.names.FormItems;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
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
import dev.retain.runtime.program.Inputs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Spells out a form that is written by hand, for one use of its recurrence. */
final class FormElaborator implements Evaluator.Calls {
  private static final int MOST_POSITIONS = 6;

  /** What is the same for all forms of one use of a recurrence. */
  record Use(
      Program program,
      RecurrenceDeclaration recurrence,
      RecurrenceCall call,
      Environment step,
      Binder binder,
      Diagnostics diagnostics) {}

  private final Use use;
  private final RecurrenceCall call;
  private final FormDeclaration form;
  private final FormItems items;
  private final Diagnostics diagnostics;
  private final GraphBuilder graph = new GraphBuilder();
  private final Evaluator evaluator;
  private final Tensors shapes;
  private final Environment environment;
  private final List<HandWrittenForm.State> states = new ArrayList<>();

  private FormElaborator(Use use, Program.WrittenForm written) {
    this.use = use;
    this.call = use.call();
    this.form = written.declaration();
    this.items = FormItems.of(form, use.recurrence());
    this.diagnostics = use.diagnostics();
    this.evaluator = new Evaluator(use.program(), graph, diagnostics, this);
    this.shapes = new Tensors(graph, evaluator, diagnostics);
    String name = form.name().text();
    Scope scope = use.program().scope(written.file());
    this.environment = new Environment(scope, name, use.step().path(name));
  }

  /** The form, or nothing after a diagnostic. */
  static Optional<HandWrittenForm> elaborate(Use use, Program.WrittenForm written) {
    int errors = use.diagnostics().errorCount();
    FormElaborator block = new FormElaborator(use, written);
    Map<String, Integer> next = new HashMap<>();
    int output = block.block(next);
    if (use.diagnostics().errorCount() > errors) {
      return Optional.empty();
    }
    StatesAsWritten asWritten = new FormElaborator(use, written).asWritten();
    if (use.diagnostics().errorCount() > errors) {
      return Optional.empty();
    }
    return Optional.of(
        new HandWrittenForm(
            block.form.name().text(),
            use.call(),
            block.items.isFromRest(),
            block.states,
            block.graph.build(),
            output,
            new TreeMap<>(next),
            asWritten,
            block.form.span()));
  }

  private int block(Map<String, Integer> next) {
    declare(HandWrittenForm.START);
    Span span = form.span();
    environment.values().putIfAbsent("length", Tensor.of(HandWrittenForm.length(graph, span)));
    for (Item.LetItem said : items.said().values()) {
      Value value = evaluator.evaluate(said.value(), environment);
      said.type().ifPresent(type -> shapes.check(type, value, said, environment));
      environment.values().put(said.name().text(), value);
    }
    int output = -1;
    for (Item item : form.items()) {
      switch (item) {
        case Item.LetItem let when items.said().get(let.name().text()) != let -> let(let);
        case Item.NextItem equation -> next(equation, next);
        case Item.OutItem out -> output = output(out);
        case Item.LetItem l -> {}
        case Item.AxisItem a -> {}
        case Item.StateItem s -> {}
        case Item.TensorItem t -> throw new AssertionError(t);
        case Item.LayerItem l -> throw new AssertionError(l);
      }
    }
    return output;
  }

  private StatesAsWritten asWritten() {
    declare(Inputs.POSITION);
    Map<String, Integer> written = new HashMap<>();
    for (RecurrenceCall.State state : call.states()) {
      Item.LetItem said = items.said().get(state.name());
      if (said != null) {
        Value value = evaluator.evaluate(said.value(), environment);
        int node = evaluator.node(value, said.value().span());
        if (node >= 0 && fits(state.name(), state.axes(), node, said.value().span())) {
          written.put(state.path(), node);
        }
      } else if (!items.isFromRest()) {
        written.put(state.path(), environment.states().get(state.name()).before());
      }
    }
    return new StatesAsWritten(graph.build(), new TreeMap<>(written)).pruned();
  }

  /**
   * Everything that has a name before the form's own values.
   *
   * @param steps the name of the input that is the number of steps made
   */
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
        Value value =
            RecurrenceElaborator.constant(tensor.initialiser().get(), step, graph, evaluator);
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

  private void let(Item.LetItem let) {
    List<Axis> positions = Positions.define(let.positions(), environment);
    Value value = evaluator.evaluate(let.value(), environment);
    int node = positions.isEmpty() ? -1 : evaluator.node(value, let.value().span());
    let.type().ifPresent(type -> shapes.check(type, value, let, environment));
    Positions.unbind(let.positions(), environment);
    Value named =
        positions.isEmpty()
            ? value
            : node < 0
                ? new Value.Wrong()
                : new ByPosition(let.name().text(), Tensor.of(node), positions, List.of());
    environment.values().put(let.name().text(), named);
  }

  private void next(Item.NextItem item, Map<String, Integer> next) {
    String name = item.state().text();
    Span span = item.value().span();
    int node = evaluator.node(evaluator.evaluate(item.value(), environment), span);
    Environment.State state = environment.states().get(name);
    if (node < 0 || state == null || !fits(name, state.axes(), node, span)) {
      environment.next().put(name, new Value.Wrong());
      return;
    }
    environment.next().put(name, Tensor.of(node));
    states.stream().filter(s -> s.name().equals(name)).forEach(s -> next.put(s.path(), node));
  }

  private boolean fits(String name, List<Axis> axes, int node, Span span) {
    if (graph.axes(node).stream().allMatch(axis -> !axis.isFixed() || axes.contains(axis))) {
      return true;
    }
    diagnostics
        .error(
            Code.WRONG_STATE_SHAPE,
            span,
            "`"
                + name
                + "` is "
                + Shapes.sizes(own(axes))
                + ", and this is "
                + Shapes.sizes(own(graph.axes(node))))
        .help("sum over the axes that the state lacks")
        .note(graph.node(node).span(), "the value comes from here");
    return false;
  }

  private int output(Item.OutItem out) {
    Positions.define(out.positions(), environment);
    Span span = out.value().span();
    int node = evaluator.node(evaluator.evaluate(out.value(), environment), span);
    Positions.unbind(out.positions(), environment);
    if (node < 0) {
      return node;
    }
    List<Axis> expected = own(call.body().node(call.output()).axes());
    List<Axis> found = own(graph.axes(node));
    Set<Axis> all = new HashSet<>(expected);
    if (!all.equals(new HashSet<>(found))) {
      diagnostics
          .error(
              Code.WRONG_DECLARED_SHAPE,
              span,
              "the output of `"
                  + call.name()
                  + "` is "
                  + Shapes.sizes(expected)
                  + ", and this is "
                  + Shapes.sizes(found))
          .help("a form computes at each position what `out` of the recurrence does")
          .note(call.body().node(call.output()).span(), "the output of the recurrence")
          .note(graph.node(node).span(), "the value comes from here");
    }
    return node;
  }

  private List<Axis> own(List<Axis> axes) {
    return axes.stream().filter(axis -> axis.isFixed() && !call.mapped().contains(axis)).toList();
  }

  @Override
  public Value layer(
      Environment.Instance layer, Map<String, Value> inputs, Span span, Environment caller) {
    throw new AssertionError("a form has no layers inside");
  }

  @Override
  public Value recurrence(
      RecurrenceDeclaration recurrence,
      Scope.Entry entry,
      Map<String, Value> inputs,
      Expression.CallExpression called,
      Environment caller) {
    throw new AssertionError("a form runs no recurrence");
  }
}
