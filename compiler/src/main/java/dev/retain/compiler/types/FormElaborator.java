package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.names.FormItems;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.types.Value.ByPosition;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.runtime.program.Inputs;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Spells out a form that is written by hand, for one use of its recurrence. */
final class FormElaborator {
  /** What is the same for all forms of one use of a recurrence. */
  record Use(
      Program program,
      RecurrenceDeclaration recurrence,
      RecurrenceCall call,
      Environment step,
      Binder binder,
      Diagnostics diagnostics) {}

  private final RecurrenceCall call;
  private final FormDeclaration form;
  private final FormItems items;
  private final Diagnostics diagnostics;
  private final GraphBuilder graph;
  private final Evaluator evaluator;
  private final Tensors shapes;
  private final Environment environment;
  private final List<HandWrittenForm.State> states;

  /**
   * @param steps the name of the input that is the number of steps made
   */
  private FormElaborator(Use use, Program.WrittenForm written, String steps) {
    this.call = use.call();
    this.form = written.declaration();
    this.items = FormItems.of(form, use.recurrence());
    this.diagnostics = use.diagnostics();
    FormScope scope = new FormScope(use, written, items, steps);
    this.graph = scope.graph();
    this.evaluator = scope.evaluator();
    this.shapes = scope.shapes();
    this.environment = scope.environment();
    this.states = scope.states();
  }

  /** The form, or nothing after a diagnostic. */
  static Optional<HandWrittenForm> elaborate(Use use, Program.WrittenForm written) {
    int errors = use.diagnostics().errorCount();
    FormElaborator block = new FormElaborator(use, written, HandWrittenForm.START);
    Map<String, Integer> next = new HashMap<>();
    int output = block.block(next);
    if (use.diagnostics().errorCount() > errors) {
      return Optional.empty();
    }
    StatesAsWritten asWritten = new FormElaborator(use, written, Inputs.POSITION).asWritten();
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
}
