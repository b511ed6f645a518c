package dev.retain.compiler.fusion;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.FadingScores;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RangeEnd;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns the values of a tensor program into stages that fill buffers. */
public final class Fuser {
  private final TensorProgram program;
  private final Graph graph;
  private final ElementType real;
  private final Map<String, List<Axis>> stateAxes;
  private final Uses uses;
  private final Triangles triangles;
  private final StageCollector stages = new StageCollector();
  private final Values values;
  private final Copies copies;
  private final Turns turns;
  private final GradientBuffers gradients;

  private Fuser(TensorProgram program, ElementType real, Map<String, List<Axis>> stateAxes) {
    this.program = program;
    this.graph = program.graph();
    this.real = real;
    this.stateAxes = stateAxes;
    this.uses = new Uses(program);
    this.triangles = new Triangles(graph, uses);
    this.values = new Values(graph);
    this.copies = new Copies(stages);
    this.turns = new Turns(graph, uses, real, values, stages);
    this.gradients = new GradientBuffers(graph, real, stages);
  }

  /**
   * @param real the type of the program's own numbers
   * @param stateAxes the axes of each state in memory, the batch first, by path
   */
  public static StageProgram fuse(
      TensorProgram program, ElementType real, Map<String, List<Axis>> stateAxes) {
    return new Fuser(program, real, stateAxes).fuse();
  }

  private StageProgram fuse() {
    for (Node node : graph.nodes()) {
      leaf(node);
    }
    GradientTerms terms = new GradientTerms(program, uses, this::isAddedInTiles);
    for (Node node : graph.nodes()) {
      List<String> names = terms.of(node);
      if (terms.isProduct(node)) {
        addProduct(names.getFirst(), node);
        continue;
      }
      if (uses.isKept(node) && !terms.isTakenApart(node)) {
        keep(node);
      }
      // At once, so that the memory of a gradient can be used again.
      names.forEach(name -> flowTo(name, node));
    }
    program
        .result()
        .ifPresent(id -> {
          Node output = graph.node(id);
          copyTo(stages.buffer("output", Role.OUTPUT, real, output.axes()), output);
        });
    program
        .nextStates()
        .forEach((path, id) ->
            copyTo(
                stages.buffer(path, Role.NEXT_STATE, real, stateAxes.get(path)), graph.node(id)));
    StageProgram all = CopyRemoval.run(stages.program(program.name()));
    if (!hasBlocksBetweenWays()) {
      return arranged(grouped(all));
    }
    WayBack ways = WayBack.of(all.stages());
    List<Stage> grouped = new ArrayList<>(grouped(all.with(ways.forward())).stages());
    grouped.addAll(grouped(all.with(ways.back())).stages());
    return arranged(all.with(grouped));
  }

  /** Whether blocks may come after this one, between its way forward and its way back. */
  private boolean hasBlocksBetweenWays() {
    return program.result().isPresent() && !program.nextStates().isEmpty();
  }

  private static StageProgram arranged(StageProgram grouped) {
    return Epilogues.of(SliceGroups.of(PartLayouts.of(grouped)));
  }

  private static StageProgram grouped(StageProgram program) {
    return PartGroups.of(RowGroups.of(program));
  }

  private void leaf(Node node) {
    switch (node.operation()) {
      case Operation.Parameter(String path) ->
          values.keep(node.id(), stages.buffer(path, Role.PARAMETER, real, node.axes()));
      case Operation.Constant(String path) ->
          values.keep(node.id(), stages.buffer(path, Role.CONSTANT, ElementType.F64, node.axes()));
      case Operation.Input(String name) ->
          values.keep(node.id(), stages.buffer(name, Role.INPUT, typeOfInput(name), node.axes()));
      case Operation.State(String path) ->
          values.keep(node.id(), stages.buffer(path, Role.STATE, real, node.axes()));
      default -> {}
    }
  }

  private ElementType typeOfInput(String name) {
    if (name.equals(Inputs.TOKEN)) {
      return ElementType.I64;
    }
    return Inputs.isReal(name) ? real : ElementType.F64;
  }

  /**
   * Gives the value memory: in the program's type, and a wide value of which other wide values are
   * made in float64.
   */
  private void keep(Node node) {
    boolean wide = node.precision() == Precision.WIDE && real != ElementType.F64;
    boolean needsWide = wide && uses.isReadAs(Precision.WIDE, node);
    if (needsWide) {
      Buffer target = scratch(node, ElementType.F64);
      fill(node, target);
      values.keepWide(node.id(), target);
    }
    if (!needsWide || uses.isReadAs(Precision.REAL, node)) {
      Buffer target = scratch(node, real);
      if (needsWide && node.operation() instanceof Operation.CumulativeSum) {
        Buffer wideSums = values.wide(node.id());
        Scalar sum = Values.element(wideSums, wideSums.axes());
        add(new Stage.Pointwise(target, sum, ElementType.F64, node.span()), node);
      } else {
        fill(node, target);
      }
      values.keep(node.id(), target);
    }
  }

  private void fill(Node node, Buffer target) {
    ElementType precision = precision(node);
    switch (node.operation()) {
      case Operation.Pointwise p ->
          add(
              new Stage.Pointwise(
                  target,
                  copies.inVectors(values.computed(node, precision), target, node.span()),
                  precision,
                  node.span()),
              node);
      case Operation.Reduce _ when FadingScores.of(graph, node).isPresent() ->
          fading(node, target, FadingScores.of(graph, node).get());
      case Operation.Reduce(var reduction, int operand, List<Axis> over) ->
          add(
              new Stage.Reduce(
                  target,
                  reduction,
                  values.scalar(operand, precision),
                  over,
                  precision,
                  node.span()),
              node);
      case Operation.Contract(int left, int right, List<Axis> over) ->
          add(contract(node, target, left, right, over, false), node);
      case Operation.Gather(int table, Axis axis, int index) ->
          add(
              new Stage.Lookup(
                  target, operand(table).buffer(), axis, operand(index).buffer(), node.span()),
              node);
      case Operation.Turn(int operand, int angle, Axis axis, Axis pair) ->
          add(turns.turned(node, target, operand, angle, axis, pair), node);
      case Operation.CumulativeSum(int operand, Direction direction) ->
          add(
              new Stage.Scan(
                  target, values.scalar(operand, ElementType.F64), direction, node.span()),
              node);
      case Operation.Scatter(int value, Axis axis, int index) ->
          add(
              new Stage.Sums(target, operand(value), axis, operand(index).buffer(), node.span()),
              node);
      case Operation.Solve(
              int matrix,
              int right,
              List<Axis> rows,
              List<Axis> columns,
              Direction direction) ->
          add(
              new Stage.Solve(
                  target, operand(matrix), operand(right), rows, columns, direction, node.span()),
              node);
      default -> throw new IllegalStateException("kept " + node);
    }
  }

  private ElementType precision(Node node) {
    return node.precision() == Precision.REAL ? real : ElementType.F64;
  }

  private Buffer scratch(Node node, ElementType type) {
    boolean constant = uses.isOnce(node.id());
    String name = "%" + node.id() + (type == real ? "" : ".wide");
    return stages.buffer(name, constant ? Role.STATIC : Role.SCRATCH, type, uses.layout(node));
  }

  private Stage.Contract contract(
      Node node, Buffer target, int left, int right, List<Axis> over, boolean adds) {
    Stage.Operand a = copies.narrowed(operand(left), target, node.span());
    Stage.Operand b = copies.narrowed(operand(right), target, node.span());
    Axis last = target.axes().isEmpty() ? null : target.axes().getLast();
    int rows = left;
    // The right side is read in vectors along the target's last axis.
    if (!b.axes().contains(last)) {
      Stage.Operand swapped = a;
      a = b;
      b = swapped;
      rows = right;
    }
    Triangle triangle = triangles.of(node, target.axes(), rows, a.axes(), over);
    return new Stage.Contract(target, a, b, over, triangle, adds, node.span());
  }

  private void fading(Node node, Buffer target, FadingScores scores) {
    Axis channel = scores.channel();
    Stage.Operand query = copies.narrowed(operand(scores.query()), target, node.span());
    Stage.Operand key = copies.narrowed(operand(scores.key()), target, node.span());
    Stage.Operand decay = copies.narrowed(operand(scores.decay()), target, node.span());
    // Keys are read in vectors, channel by channel.
    Stage.Operand keys =
        key.axes().getLast().equals(Axis.SOURCE)
            ? key
            : copies.transposed(key, Axis.SOURCE, node.span());
    boolean after = scores.to() == RangeEnd.TIME;
    add(new Stage.Fading(target, query, keys, decay, after, channel, node.span()), node);
  }

  /** Adds the gradient of a weight to what has flowed back before; others are new in each block. */
  private void flowTo(String name, Node node) {
    Buffer sum = gradients.of(name);
    if (!gradients.isAdded(name)) {
      copyTo(sum, node);
      return;
    }
    Scalar value = values.scalar(node.id(), real);
    Scalar total = new Scalar.Apply(Function.ADD, List.of(Values.element(sum, sum.axes()), value));
    stages.add(new Stage.Pointwise(sum, total, real, node.span()));
  }

  /** Adds a product to a gradient as it is made. */
  private void addProduct(String name, Node node) {
    Operation.Contract product = (Operation.Contract) node.operation();
    Buffer sum = gradients.of(name);
    stages.add(contract(node, sum, product.left(), product.right(), product.over(), true));
  }

  /**
   * Whether the node is a product of matrices over all steps: rows from one side, columns from the
   * other.
   */
  private boolean isAddedInTiles(Node node) {
    if (!(node.operation() instanceof Operation.Contract(int left, int right, List<Axis> over))
        || !over.contains(Axis.TIME)
        || precision(node) != real) {
      return false;
    }
    return hasOwnAxis(left, right, over) && hasOwnAxis(right, left, over);
  }

  /** Whether all axes that one side does not sum over are longer than 1 and its own. */
  private boolean hasOwnAxis(int side, int other, List<Axis> over) {
    List<Axis> axes = new ArrayList<>(graph.node(side).axes());
    axes.removeAll(over);
    return !axes.isEmpty()
        && axes.stream()
            .allMatch(axis ->
                axis.isFixed() && axis.size() > 1 && !graph.node(other).axes().contains(axis));
  }

  private void copyTo(Buffer target, Node node) {
    Span span = node.span();
    stages.add(new Stage.Pointwise(target, values.scalar(node.id(), real), real, span));
  }

  private void add(Stage stage, Node node) {
    stages.add(stage, uses.isOnce(node.id()));
  }

  private Stage.Operand operand(int id) {
    Node node = graph.node(id);
    if (node.operation() instanceof Operation.Rename(int renamed, Axis from, Axis to)) {
      Stage.Operand inner = operand(renamed);
      return new Stage.Operand(
          inner.buffer(),
          inner.axes().stream().map(axis -> axis.equals(from) ? to : axis).toList());
    }
    Buffer buffer = values.narrow(id);
    if (buffer == null) {
      buffer = scratch(node, real);
      values.keep(id, buffer);
      fill(node, buffer);
    }
    return new Stage.Operand(buffer, buffer.axes());
  }
}
