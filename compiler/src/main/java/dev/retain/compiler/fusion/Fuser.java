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
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.HashMap;
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
  private final List<Buffer> buffers = new ArrayList<>();
  private final List<Stage> once = new ArrayList<>();
  private final List<Stage> stages = new ArrayList<>();
  private final Map<Integer, Buffer> kept = new HashMap<>();
  private final Map<Integer, Buffer> keptWide = new HashMap<>();
  private final Map<List<Object>, Buffer> derived = new HashMap<>();
  private final Map<String, Buffer> gradients = new HashMap<>();

  private Fuser(TensorProgram program, ElementType real, Map<String, List<Axis>> stateAxes) {
    this.program = program;
    this.graph = program.graph();
    this.real = real;
    this.stateAxes = stateAxes;
    this.uses = new Uses(program);
    this.triangles = new Triangles(graph, uses);
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
          copyTo(buffer("output", Role.OUTPUT, real, output.axes()), output);
        });
    program
        .nextStates()
        .forEach((path, id) ->
            copyTo(buffer(path, Role.NEXT_STATE, real, stateAxes.get(path)), graph.node(id)));
    StageProgram all = CopyRemoval.run(new StageProgram(program.name(), buffers, once, stages));
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
          kept.put(node.id(), buffer(path, Role.PARAMETER, real, node.axes()));
      case Operation.Constant(String path) ->
          kept.put(node.id(), buffer(path, Role.CONSTANT, ElementType.F64, node.axes()));
      case Operation.Input(String name) ->
          kept.put(node.id(), buffer(name, Role.INPUT, typeOfInput(name), node.axes()));
      case Operation.State(String path) ->
          kept.put(node.id(), buffer(path, Role.STATE, real, node.axes()));
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
      keptWide.put(node.id(), target);
    }
    if (!needsWide || uses.isReadAs(Precision.REAL, node)) {
      Buffer target = scratch(node, real);
      if (needsWide && node.operation() instanceof Operation.CumulativeSum) {
        Buffer wideSums = keptWide.get(node.id());
        Scalar sum = element(wideSums, wideSums.axes());
        add(new Stage.Pointwise(target, sum, ElementType.F64, node.span()), node);
      } else {
        fill(node, target);
      }
      kept.put(node.id(), target);
    }
  }

  private void fill(Node node, Buffer target) {
    ElementType precision = precision(node);
    switch (node.operation()) {
      case Operation.Pointwise p ->
          add(
              new Stage.Pointwise(
                  target,
                  inVectors(new Inliner(precision).compute(node, Map.of()), target, node),
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
                  new Inliner(precision).scalar(operand, Map.of()),
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
          turn(node, target, operand, angle, axis, pair);
      case Operation.CumulativeSum(int operand, Direction direction) ->
          add(
              new Stage.Scan(
                  target,
                  new Inliner(ElementType.F64).scalar(operand, Map.of()),
                  direction,
                  node.span()),
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
    return buffer(name, constant ? Role.STATIC : Role.SCRATCH, type, uses.layout(node));
  }

  private Stage.Contract contract(
      Node node, Buffer target, int left, int right, List<Axis> over, boolean adds) {
    Stage.Operand a = narrowed(operand(left), target, node);
    Stage.Operand b = narrowed(operand(right), target, node);
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
    Stage.Operand query = narrowed(operand(scores.query()), target, node);
    Stage.Operand key = narrowed(operand(scores.key()), target, node);
    Stage.Operand decay = narrowed(operand(scores.decay()), target, node);
    // Keys are read in vectors, channel by channel.
    Stage.Operand keys =
        key.axes().getLast().equals(Axis.SOURCE) ? key : transposed(key, Axis.SOURCE, node);
    boolean after = scores.to() == RangeEnd.TIME;
    add(new Stage.Fading(target, query, keys, decay, after, channel, node.span()), node);
  }

  /**
   * The value with all that a matrix of steps by steps reads along its rows copied so that it lies
   * side by side.
   */
  private Scalar inVectors(Scalar value, Buffer target, Node node) {
    return isMatrix(target.axes())
        ? new ElementReplacement(element -> beside(element, target.axes().getLast(), node))
            .replace(value)
        : value;
  }

  private static boolean isMatrix(List<Axis> axes) {
    return axes.contains(Axis.TIME) && axes.contains(Axis.SOURCE);
  }

  private Scalar.Element beside(Scalar.Element element, Axis last, Node node) {
    List<Axis> axes = element.coordinates().stream().map(Coordinate::axis).toList();
    if (!axes.contains(last)
        || axes.getLast().equals(last)
        || isMatrix(axes)
        || !element.coordinates().stream().allMatch(Coordinate.Along.class::isInstance)) {
      return element;
    }
    Stage.Operand copy = transposed(new Stage.Operand(element.buffer(), axes), last, node);
    return element(copy.buffer(), copy.axes());
  }

  /** A copy with the axis last, so that vectors can be read along it. */
  private Stage.Operand transposed(Stage.Operand operand, Axis last, Node reader) {
    List<Axis> axes = new ArrayList<>(operand.axes());
    axes.remove(last);
    axes.add(last);
    Buffer copy =
        derived.computeIfAbsent(
            List.of("transposed", operand.buffer(), operand.axes(), last),
            key -> {
              boolean constant = operand.buffer().role() == Role.STATIC;
              Buffer target =
                  buffer(
                      operand.buffer().name() + "^T",
                      constant ? Role.STATIC : Role.SCRATCH,
                      operand.buffer().type(),
                      axes);
              Stage stage =
                  new Stage.Pointwise(
                      target,
                      element(operand.buffer(), operand.axes()),
                      operand.buffer().type(),
                      reader.span());
              (constant ? once : stages).add(stage);
              return target;
            });
    return new Stage.Operand(copy, axes);
  }

  /** x cos a + partner of x times -sin a (even) or sin a (odd). */
  private void turn(Node node, Buffer target, int operand, int angle, Axis axis, Axis pair) {
    Scalar.Element value = (Scalar.Element) new Inliner(real).scalar(operand, Map.of());
    List<Coordinate> partner =
        value.coordinates().stream()
            .map(c -> c.axis().equals(axis) ? new Coordinate.Partner(axis) : c)
            .toList();
    Scalar cosine = expanded(Function.COS, angle, axis, pair, node);
    Scalar sine = expanded(Function.SIN, angle, axis, pair, node);
    Scalar turned =
        new Scalar.Apply(
            Function.ADD,
            List.of(
                new Scalar.Apply(Function.MULTIPLY, List.of(value, cosine)),
                new Scalar.Apply(
                    Function.MULTIPLY,
                    List.of(new Scalar.Element(value.buffer(), partner), sine))));
    add(new Stage.Pointwise(target, turned, real, node.span()), node);
  }

  /** The function of the angle for each channel: first once for each pair, then spread. */
  private Scalar expanded(Function function, int angle, Axis axis, Axis pair, Node node) {
    boolean constant = uses.isOnce(angle);
    Role role = constant ? Role.STATIC : Role.SCRATCH;
    Buffer pairs =
        derived.computeIfAbsent(
            List.of(function, angle),
            key -> {
              Buffer target =
                  buffer(
                      "%" + angle + "." + function.symbol(), role, real, graph.node(angle).axes());
              Scalar value =
                  new Scalar.Apply(
                      function, List.of(new Inliner(ElementType.F64).scalar(angle, Map.of())));
              addOnce(new Stage.Pointwise(target, value, ElementType.F64, node.span()), constant);
              return target;
            });
    Buffer channels =
        derived.computeIfAbsent(
            List.of(function, angle, axis),
            key -> {
              List<Axis> axes = pairs.axes().stream().map(a -> a.equals(pair) ? axis : a).toList();
              Buffer target = buffer(pairs.name() + ".channels", role, real, axes);
              List<Coordinate> half = new ArrayList<>();
              for (Axis a : pairs.axes()) {
                half.add(a.equals(pair) ? new Coordinate.Half(axis) : new Coordinate.Along(a));
              }
              Scalar value = new Scalar.Element(pairs, half);
              if (function == Function.SIN) {
                value =
                    new Scalar.Apply(Function.MULTIPLY, List.of(value, new Scalar.PairSign(axis)));
              }
              addOnce(new Stage.Pointwise(target, value, real, node.span()), constant);
              return target;
            });
    return element(channels, channels.axes());
  }

  /** Adds the gradient of a weight to what has flowed back before; others are new in each block. */
  private void flowTo(String name, Node node) {
    Buffer sum = gradient(name);
    if (!isAdded(name)) {
      copyTo(sum, node);
      return;
    }
    Scalar value = new Inliner(real).scalar(node.id(), Map.of());
    Scalar total = new Scalar.Apply(Function.ADD, List.of(element(sum, sum.axes()), value));
    stages.add(new Stage.Pointwise(sum, total, real, node.span()));
  }

  /** Adds a product to a gradient as it is made. */
  private void addProduct(String name, Node node) {
    Operation.Contract product = (Operation.Contract) node.operation();
    Buffer sum = gradient(name);
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

  private Buffer gradient(String name) {
    return gradients.computeIfAbsent(
        name, key -> buffer(key, Role.GRADIENT, real, leaf(key).axes()));
  }

  private boolean isAdded(String name) {
    return switch (leaf(name).operation()) {
      case Operation.Parameter _, Operation.Constant _ -> true;
      default -> false;
    };
  }

  /** What the gradient belongs to. */
  private Node leaf(String name) {
    return graph.nodes().stream()
        .filter(node ->
            switch (node.operation()) {
              case Operation.Parameter(String path) -> path.equals(name);
              case Operation.Constant(String path) -> path.equals(name);
              case Operation.Input(String input) -> input.equals(name);
              case Operation.State(String path) -> Gradients.ofState(path).equals(name);
              default -> false;
            })
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a gradient of the unknown " + name));
  }

  private void copyTo(Buffer target, Node node) {
    Span span = node.span();
    stages.add(
        new Stage.Pointwise(target, new Inliner(real).scalar(node.id(), Map.of()), real, span));
  }

  private void add(Stage stage, Node node) {
    addOnce(stage, uses.isOnce(node.id()));
  }

  private void addOnce(Stage stage, boolean constant) {
    (constant ? once : stages).add(stage);
  }

  private Stage.Operand operand(int id) {
    Node node = graph.node(id);
    if (node.operation() instanceof Operation.Rename(int renamed, Axis from, Axis to)) {
      Stage.Operand inner = operand(renamed);
      return new Stage.Operand(
          inner.buffer(),
          inner.axes().stream().map(axis -> axis.equals(from) ? to : axis).toList());
    }
    Buffer buffer = kept.get(id);
    if (buffer == null) {
      buffer = scratch(node, real);
      kept.put(id, buffer);
      fill(node, buffer);
    }
    return new Stage.Operand(buffer, buffer.axes());
  }

  /** In the type of the target, if it is float64: products of two types are not made in tiles. */
  private Stage.Operand narrowed(Stage.Operand operand, Buffer target, Node reader) {
    Buffer wide = operand.buffer();
    if (wide.type() != ElementType.F64 || wide.type() == target.type()) {
      return operand;
    }
    Buffer copy =
        derived.computeIfAbsent(
            List.of("narrowed", wide),
            key -> {
              boolean constant = wide.role() == Role.STATIC || wide.role() == Role.CONSTANT;
              Buffer narrow =
                  buffer(
                      wide.name() + ".narrow",
                      constant ? Role.STATIC : Role.SCRATCH,
                      target.type(),
                      wide.axes());
              Stage stage =
                  new Stage.Pointwise(
                      narrow, element(wide, wide.axes()), narrow.type(), reader.span());
              (constant ? once : stages).add(stage);
              return narrow;
            });
    return new Stage.Operand(copy, operand.axes());
  }

  private Buffer buffer(String name, Role role, ElementType type, List<Axis> axes) {
    Buffer buffer = new Buffer(buffers.size(), name, role, type, axes);
    buffers.add(buffer);
    return buffer;
  }

  private static Scalar.Element element(Buffer buffer, List<Axis> axes) {
    return new Scalar.Element(
        buffer, axes.stream().<Coordinate>map(Coordinate.Along::new).toList());
  }

  /** Writes values out where they are used, each once within a stage. */
  private final class Inliner {
    private final ElementType precision;
    private final Map<List<Object>, Scalar> written = new HashMap<>();

    Inliner(ElementType precision) {
      this.precision = precision;
    }

    Scalar scalar(int id, Map<Axis, Axis> names) {
      Buffer narrow = kept.get(id);
      Buffer wide = keptWide.get(id);
      Buffer buffer =
          wide != null && (narrow == null || precision == ElementType.F64) ? wide : narrow;
      if (buffer != null) {
        return element(buffer, buffer.axes().stream().map(a -> names.getOrDefault(a, a)).toList());
      }
      Scalar known = written.get(List.of(id, names));
      if (known == null) {
        known = compute(graph.node(id), names);
        written.put(List.of(id, names), known);
      }
      return known;
    }

    Scalar compute(Node node, Map<Axis, Axis> names) {
      return switch (node.operation()) {
        case Operation.Literal(double value) -> new Scalar.Literal(value);
        case Operation.Index(Axis axis) -> new Scalar.Position(names.getOrDefault(axis, axis));
        case Operation.Pointwise(Function function, List<Integer> operands) ->
            new Scalar.Apply(
                function, operands.stream().map(operand -> scalar(operand, names)).toList());
        case Operation.Rename(int operand, Axis from, Axis to) -> {
          Map<Axis, Axis> inner = new HashMap<>(names);
          inner.put(from, names.getOrDefault(to, to));
          yield scalar(operand, inner);
        }
        default -> throw new IllegalStateException("not kept: " + node);
      };
    }
  }
}
