package dev.retain.compiler.evaluation;

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

/**
 * The same recurrence over axes of a few elements each, by which it is told apart from others: a
 * form does not depend on how long an axis is. Axes that turn keep twice the size of their pairs.
 */
final class SmallAxes {
  private static final int MAPPED = 2;
  private static final int PAIRS = 2;
  private static final List<Integer> OWN = List.of(3, 2);

  private final RecurrenceCall call;
  private final Map<Axis, Axis> small = new HashMap<>();

  private SmallAxes(RecurrenceCall call) {
    this.call = call;
    Set<Axis> axes = new LinkedHashSet<>(call.mapped());
    call.body().nodes().forEach(node -> axes.addAll(node.axes()));
    call.body().nodes().stream()
        .filter(node -> node.operation() instanceof Operation.Gather)
        .forEach(node -> axes.add(((Operation.Gather) node.operation()).axis()));
    call.inputs().forEach(input -> axes.addAll(input.axes()));
    call.states().forEach(state -> axes.addAll(state.axes()));
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

  /** Without the place of the use, too: equal uses become equal. */
  static RecurrenceCall of(RecurrenceCall call) {
    return new SmallAxes(call).rewritten();
  }

  private Map<Axis, Integer> sizes(Set<Axis> axes) {
    Map<Axis, Integer> sizes = new HashMap<>();
    int own = 0;
    for (Axis axis : axes) {
      int size = call.mapped().contains(axis) ? MAPPED : OWN.get(own++ % OWN.size());
      sizes.put(axis, Math.min(size, axis.size()));
    }
    List<Operation.Turn> turns =
        call.body().nodes().stream()
            .map(Node::operation)
            .filter(Operation.Turn.class::isInstance)
            .map(Operation.Turn.class::cast)
            .toList();
    turns.forEach(turn -> sizes.put(turn.pair(), Math.min(PAIRS, turn.pair().size())));
    List<Operation.Rename> renames =
        call.body().nodes().stream()
            .map(Node::operation)
            .filter(Operation.Rename.class::isInstance)
            .map(Operation.Rename.class::cast)
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

  private RecurrenceCall rewritten() {
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
        new Graph(call.body().nodes().stream().map(this::node).toList()),
        call.output(),
        call.span());
  }

  private Node node(Node node) {
    return new Node(
        node.id(), operation(node.operation()), axes(node.axes()), node.precision(), node.span());
  }

  private Operation operation(Operation operation) {
    return switch (operation) {
      case Operation.Literal l -> l;
      case Operation.Parameter p -> p;
      case Operation.Constant c -> c;
      case Operation.Input i -> i;
      case Operation.Pointwise p -> p;
      case Operation.Recur r -> r;
      case Operation.CumulativeSum _, Operation.RangeProduct _, Operation.Solve _ ->
          throw new IllegalStateException("a step goes along no steps");
      case Operation.State(String path) -> new Operation.State(stateName(path));
      case Operation.Index(Axis axis) -> new Operation.Index(small.get(axis));
      case Operation.Contract(int left, int right, List<Axis> over) ->
          new Operation.Contract(left, right, axes(over));
      case Operation.Reduce(var reduction, int operand, List<Axis> over) ->
          new Operation.Reduce(reduction, operand, axes(over));
      case Operation.Gather(int table, Axis axis, int index) ->
          new Operation.Gather(table, small.get(axis), index);
      case Operation.Turn(int operand, int angle, Axis axis, Axis pair) ->
          new Operation.Turn(operand, angle, small.get(axis), small.get(pair));
      case Operation.Rename(int operand, Axis from, Axis to) ->
          new Operation.Rename(operand, small.get(from), small.get(to));
    };
  }

  private String stateName(String path) {
    return call.states().stream()
        .filter(state -> state.path().equals(path))
        .findFirst()
        .orElseThrow()
        .name();
  }

  private List<Axis> axes(List<Axis> axes) {
    List<Axis> result = new ArrayList<>();
    axes.forEach(axis -> result.add(small.get(axis)));
    return result;
  }
}
