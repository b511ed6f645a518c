package dev.retain.compiler.tensor;

import dev.retain.compiler.diagnostics.CompilerMistakeException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks that each value of a graph has the axes and the precision that follow from its operands,
 * independently of who built it.
 */
public final class GraphVerifier {
  private final Graph graph;
  private final boolean isStep;
  private final Set<Integer> sites = new HashSet<>();

  private GraphVerifier(Graph graph, boolean isStep) {
    this.graph = graph;
    this.isStep = isStep;
  }

  private static final class WrongNode extends Exception {
    private static final long serialVersionUID = 1L;

    WrongNode(String problem) {
      super(problem);
    }
  }

  /**
   * Checks the graph of one step and those of its recurrences.
   *
   * @throws CompilerMistakeException naming the first node that is wrong
   */
  public static void verifyStep(Graph step) {
    new GraphVerifier(step, true).verify(GraphPrinter.print(step));
    for (Node node : step.nodes()) {
      if (node.operation() instanceof Operation.Recur(RecurrenceCall call, var arguments)) {
        new GraphVerifier(call.body(), true).verify(GraphPrinter.print(call.body()));
      }
    }
  }

  /**
   * Checks a form's program, which has no recurrence left and a next value for each of its states,
   * unless it only goes back.
   *
   * @throws CompilerMistakeException naming the first node that is wrong
   */
  public static void verify(TensorProgram program) {
    String dump = GraphPrinter.print(program);
    new GraphVerifier(program.graph(), false).verify(dump);
    Map<String, Node> states = new HashMap<>();
    for (Node node : program.graph().nodes()) {
      if (node.operation() instanceof Operation.State(String path)) {
        Node other = states.putIfAbsent(path, node);
        if (other != null) {
          throw new CompilerMistakeException(path + " is read with two shapes", dump);
        }
      }
    }
    states.forEach((path, state) -> {
      Integer next = program.nextStates().get(path);
      if (next == null && program.result().isEmpty()) {
        return;
      }
      if (next == null) {
        throw new CompilerMistakeException(path + " has no value after the block", dump);
      }
      if (!state.axes().containsAll(program.graph().node(next).axes())) {
        throw new CompilerMistakeException(
            path + " has other axes after the block than before", dump);
      }
    });
  }

  private void verify(String dump) {
    for (Node node : graph.nodes()) {
      try {
        verify(node);
      } catch (WrongNode e) {
        throw new CompilerMistakeException("%" + node.id() + " " + e.getMessage(), dump);
      }
    }
  }

  private void verify(Node node) throws WrongNode {
    switch (node.operation()) {
      case Operation.Literal l -> expect(node, Set.of(), Precision.WIDE);
      case Operation.Parameter p -> expect(node, Set.copyOf(node.axes()), Precision.REAL);
      case Operation.Constant c -> expect(node, Set.copyOf(node.axes()), Precision.WIDE);
      case Operation.State s -> expect(node, Set.copyOf(node.axes()), Precision.REAL);
      case Operation.Input i -> {}
      case Operation.Index(Axis axis) -> expect(node, Set.of(axis), Precision.WIDE);
      case Operation.Pointwise(var function, List<Integer> operands) ->
          expect(node, union(operands), allWide(operands));
      case Operation.Contract(int left, int right, List<Axis> over) -> {
        require(
            axes(left).containsAll(over) && axes(right).containsAll(over),
            "sums over an axis that one side lacks");
        expect(node, without(union(List.of(left, right)), over), bothWide(left, right));
      }
      case Operation.Reduce(var reduction, int operand, List<Axis> over) -> {
        require(axes(operand).containsAll(over), "reduces an axis that its operand lacks");
        expect(node, without(axes(operand), over), precision(operand));
      }
      case Operation.Gather(int table, Axis axis, int index) -> gather(node, table, axis, index);
      case Operation.Scatter(int value, Axis axis, int index) -> {
        require(precision(index) == Precision.WHOLE, "sums at an index that is no whole number");
        require(axes(value).containsAll(axes(index)), "sums what lacks an axis of its index");
        Set<Axis> axes = without(axes(value), graph.node(index).axes());
        require(!axes.contains(axis), "has the axis of its table twice");
        axes.add(axis);
        expect(node, axes, precision(value));
      }
      case Operation.Turn(int operand, int angle, Axis axis, Axis pair) ->
          turn(node, operand, angle, axis, pair);
      case Operation.Rename(int operand, Axis from, Axis to) -> {
        require(axes(operand).contains(from), "renames an axis that its operand lacks");
        require(!axes(operand).contains(to), "renames to an axis that is there already");
        require(from.extent().equals(to.extent()), "renames to an axis of another size");
        Set<Axis> renamed = without(axes(operand), List.of(from));
        renamed.add(to);
        expect(node, renamed, precision(operand));
      }
      case Operation.CumulativeSum(int operand, var direction) -> {
        require(axes(operand).contains(Axis.TIME), "sums the steps of what has none");
        expect(node, axes(operand), Precision.WIDE);
      }
      case Operation.RangeProduct(int operand, RangeStart from, RangeEnd to) ->
          rangeProduct(node, operand, from, to);
      case Operation.Solve(int matrix, int right, var rows, var columns, var direction) ->
          solve(node, matrix, right, rows, columns);
      case Operation.Dropout(int operand, double rate, int site) -> {
        require(sites.add(site), "draws what another dropout draws");
        expect(node, axes(operand), precision(operand));
      }
      case Operation.Recur(RecurrenceCall call, List<Integer> arguments) -> {
        require(isStep, "is a recurrence, which has a value in the graph of a step only");
        require(arguments.size() == call.inputs().size(), "has too few arguments, or too many");
        for (int i = 0; i < arguments.size(); i++) {
          require(
              axes(arguments.get(i)).equals(Set.copyOf(call.inputs().get(i).axes())),
              "gets an argument of another shape than its input");
        }
        expect(node, Set.copyOf(call.body().node(call.output()).axes()), Precision.REAL);
      }
    }
    require(
        !node.axes().contains(Axis.BATCH) || node.axes().getFirst().equals(Axis.BATCH),
        "does not have the batch in front");
  }

  private void gather(Node node, int table, Axis axis, int index) throws WrongNode {
    require(axes(table).contains(axis), "picks along an axis that the table lacks");
    require(precision(index) == Precision.WHOLE, "picks at an index that is no whole number");
    Set<Axis> rest = without(axes(table), List.of(axis));
    require(rest.stream().noneMatch(axes(index)::contains), "has an axis of its table twice");
    rest.addAll(axes(index));
    expect(node, rest, precision(table));
  }

  private void turn(Node node, int operand, int angle, Axis axis, Axis pair) throws WrongNode {
    require(axes(operand).contains(axis), "turns an axis that its operand lacks");
    require(axes(angle).contains(pair), "turns by an angle without the axis of pairs");
    require(axis.size() == 2 * pair.size(), "turns an axis that is not twice the pairs");
    Set<Axis> turned = without(axes(angle), List.of(pair));
    turned.addAll(axes(operand));
    expect(node, turned, precision(operand));
  }

  private void rangeProduct(Node node, int operand, RangeStart from, RangeEnd to) throws WrongNode {
    require(axes(operand).contains(Axis.TIME), "multiplies the steps of what has none");
    require(!axes(operand).contains(Axis.SOURCE), "multiplies what has two axes of steps");
    Set<Axis> axes = new HashSet<>(axes(operand));
    if (to == RangeEnd.LAST) {
      axes.remove(Axis.TIME);
    }
    if (from == RangeStart.AFTER_SOURCE) {
      axes.add(Axis.SOURCE);
    }
    expect(node, axes, precision(operand));
  }

  private void solve(Node node, int matrix, int right, List<Axis> rows, List<Axis> columns)
      throws WrongNode {
    require(
        rows.size() == columns.size()
            && rows.getFirst().equals(Axis.TIME)
            && columns.getFirst().equals(Axis.SOURCE),
        "solves for other rows than steps");
    for (int i = 0; i < rows.size(); i++) {
      require(
          rows.get(i).extent().equals(columns.get(i).extent()), "has not as many columns as rows");
    }
    require(
        axes(matrix).containsAll(rows) && axes(matrix).containsAll(columns),
        "solves with a matrix that lacks an axis");
    require(
        axes(right).containsAll(rows) && columns.stream().noneMatch(axes(right)::contains),
        "solves for a right side with other axes");
    Set<Axis> axes = without(axes(matrix), columns);
    axes.addAll(axes(right));
    expect(node, axes, Precision.REAL);
  }

  private static void expect(Node node, Set<Axis> axes, Precision precision) throws WrongNode {
    require(Set.copyOf(node.axes()).equals(axes), "should have the axes " + axes);
    require(node.precision() == precision, "should be " + precision);
  }

  private static void require(boolean condition, String problem) throws WrongNode {
    if (!condition) {
      throw new WrongNode(problem);
    }
  }

  private Set<Axis> axes(int id) {
    return Set.copyOf(graph.node(id).axes());
  }

  private Precision precision(int id) {
    return graph.node(id).precision();
  }

  private Set<Axis> union(List<Integer> ids) {
    Set<Axis> all = new HashSet<>();
    ids.forEach(id -> all.addAll(graph.node(id).axes()));
    return all;
  }

  private static Set<Axis> without(Set<Axis> axes, List<Axis> removed) {
    Set<Axis> rest = new HashSet<>(axes);
    removed.forEach(rest::remove);
    return rest;
  }

  private Precision allWide(List<Integer> ids) {
    return ids.stream().allMatch(id -> precision(id) != Precision.REAL)
        ? Precision.WIDE
        : Precision.REAL;
  }

  private Precision bothWide(int left, int right) {
    return precision(left) == Precision.WIDE && precision(right) == Precision.WIDE
        ? Precision.WIDE
        : Precision.REAL;
  }
}
