package dev.retain.compiler.evaluation;

import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The same recurrence over axes of a few elements each, by which it is told apart from others: a
 * form does not depend on how long an axis is. Axes that turn keep twice the size of their pairs.
 */
final class SmallAxes {
  private static final int MAPPED = 2;
  private static final int PAIRS = 2;
  private static final List<Integer> OWN = List.of(3, 2);

  private final RecurrenceCall call;
  private final List<Graph> graphs;
  private final Map<Axis, Axis> small = new HashMap<>();

  /**
   * @param graphs those that speak of the recurrence's axes, its own body first
   */
  private SmallAxes(RecurrenceCall call, List<Graph> graphs) {
    this.call = call;
    this.graphs = graphs;
    Set<Axis> axes = new LinkedHashSet<>(call.mapped());
    call.body().nodes().forEach(node -> axes.addAll(node.axes()));
    call.body().nodes().stream()
        .filter(node -> node.operation() instanceof Operation.Gather)
        .forEach(node -> axes.add(((Operation.Gather) node.operation()).axis()));
    call.inputs().forEach(input -> axes.addAll(input.axes()));
    call.states().forEach(state -> axes.addAll(state.axes()));
    graphs.forEach(graph -> graph.nodes().forEach(node -> axes.addAll(node.axes())));
    axes.removeIf(axis -> !axis.isFixed());
    Map<Axis, Integer> sizes = sizes(axes);
    Set<String> names = new HashSet<>();
    for (Axis axis : axes) {
      String name = axis.name();
      while (!names.add(name)) {
        name += "'";
      }
      small.put(axis, Axis.of(name, sizes.get(axis)));
    }
  }

  private SmallAxes(RecurrenceCall call, Map<Axis, Axis> axes) {
    this.call = call;
    this.graphs = List.of(call.body());
    this.small.putAll(axes);
  }

  /** Over other axes, without the place of the use. */
  static RecurrenceCall renamed(RecurrenceCall call, Map<Axis, Axis> axes) {
    return new SmallAxes(call, axes).rewritten();
  }

  /** Without the place of the use, too: equal uses become equal. */
  static RecurrenceCall of(RecurrenceCall call) {
    return new SmallAxes(call, List.of(call.body())).rewritten();
  }

  /** A form that is written by hand, for the same recurrence over such axes. */
  static HandWrittenForm of(HandWrittenForm form) {
    SmallAxes small =
        new SmallAxes(
            form.call(), List.of(form.call().body(), form.block(), form.asWritten().graph()));
    Map<String, String> names = new HashMap<>();
    form.call().states().forEach(state -> names.put(state.path(), state.name()));
    form.states().forEach(state -> names.put(state.path(), state.name()));
    return new HandWrittenForm(
        form.name(),
        small.rewritten(),
        form.fromRest(),
        form.states().stream()
            .map(state ->
                new HandWrittenForm.State(
                    state.name(),
                    state.name(),
                    small.axes(state.axes()),
                    state.initial(),
                    state.span()))
            .toList(),
        small.graph(form.block(), names),
        form.output(),
        renamed(form.next(), names),
        new StatesAsWritten(
            small.graph(form.asWritten().graph(), names),
            renamed(form.asWritten().states(), names)),
        form.span());
  }

  private static SortedMap<String, Integer> renamed(
      Map<String, Integer> nodes, Map<String, String> names) {
    SortedMap<String, Integer> result = new TreeMap<>();
    nodes.forEach((path, node) -> result.put(names.get(path), node));
    return result;
  }

  private Map<Axis, Integer> sizes(Set<Axis> axes) {
    Map<Axis, Integer> sizes = new HashMap<>();
    int own = 0;
    for (Axis axis : axes) {
      int size = call.mapped().contains(axis) ? MAPPED : OWN.get(own++ % OWN.size());
      sizes.put(axis, Math.min(size, axis.size()));
    }
    List<Operation.Turn> turns = operations(Operation.Turn.class);
    turns.forEach(turn -> sizes.put(turn.pair(), Math.min(PAIRS, turn.pair().size())));
    List<Operation.Rename> renames =
        operations(Operation.Rename.class).stream()
            .filter(rename -> rename.from().isFixed())
            .toList();
    // An axis of pairs may itself turn: repeat until all fit.
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Operation.Turn turn : turns) {
        int pairs = Math.max(sizes.get(turn.pair()), (sizes.get(turn.axis()) + 1) / 2);
        changed |= sizes.put(turn.pair(), pairs) != pairs;
        changed |= sizes.put(turn.axis(), 2 * pairs) != 2 * pairs;
      }
      for (Operation.Rename rename : renames) {
        int size = Math.max(sizes.get(rename.from()), sizes.get(rename.to()));
        changed |= sizes.put(rename.from(), size) != size;
        changed |= sizes.put(rename.to(), size) != size;
      }
    }
    return sizes;
  }

  private <O extends Operation> List<O> operations(Class<O> kind) {
    return graphs.stream()
        .flatMap(graph -> graph.nodes().stream())
        .map(Node::operation)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  private RecurrenceCall rewritten() {
    Map<String, String> names = new HashMap<>();
    call.states().forEach(state -> names.put(state.path(), state.name()));
    return new RecurrenceCall(
        call.name(),
        call.name(),
        axes(call.mapped()),
        call.inputs().stream()
            .map(input ->
                new RecurrenceCall.Input(
                    input.name(), input.role(), axes(input.axes()), input.span()))
            .toList(),
        call.states().stream()
            .map(state ->
                new RecurrenceCall.State(
                    state.name(),
                    state.name(),
                    axes(state.axes()),
                    state.initial(),
                    state.next(),
                    state.span()))
            .toList(),
        graph(call.body(), names),
        call.output(),
        call.span());
  }

  private Graph graph(Graph graph, Map<String, String> names) {
    return new Graph(
        graph.nodes().stream()
            .map(node ->
                new Node(
                    node.id(),
                    operation(node.operation(), names),
                    axes(node.axes()),
                    node.precision(),
                    node.span()))
            .toList());
  }

  private Operation operation(Operation operation, Map<String, String> names) {
    return switch (operation) {
      case Operation.Literal l -> l;
      case Operation.Parameter p -> p;
      case Operation.Constant c -> c;
      case Operation.Input i -> i;
      case Operation.Pointwise p -> p;
      case Operation.Recur r -> r;
      case Operation.Dropout d -> d;
      case Operation.CumulativeSum _,
          Operation.RangeProduct _,
          Operation.Solve _,
          Operation.Scatter _ ->
          throw new IllegalStateException("a step goes along no steps");
      case Operation.State(String path) -> new Operation.State(names.get(path));
      case Operation.Index(Axis axis) -> new Operation.Index(axis(axis));
      case Operation.Contract(int left, int right, List<Axis> over) ->
          new Operation.Contract(left, right, axes(over));
      case Operation.Reduce(var reduction, int operand, List<Axis> over) ->
          new Operation.Reduce(reduction, operand, axes(over));
      case Operation.Gather(int table, Axis axis, int index) ->
          new Operation.Gather(table, axis(axis), index);
      case Operation.Turn(int operand, int angle, Axis axis, Axis pair) ->
          new Operation.Turn(operand, angle, axis(axis), axis(pair));
      case Operation.Rename(int operand, Axis from, Axis to) ->
          new Operation.Rename(operand, axis(from), axis(to));
    };
  }

  /** Sequences and steps are as many as ever. */
  private Axis axis(Axis axis) {
    return small.getOrDefault(axis, axis);
  }

  private List<Axis> axes(List<Axis> axes) {
    List<Axis> result = new ArrayList<>();
    axes.forEach(axis -> result.add(axis(axis)));
    return result;
  }
}
