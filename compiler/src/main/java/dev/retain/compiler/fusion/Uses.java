package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.FadingScores;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.TensorProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who reads each value of a program, and which values deserve memory of their own. */
final class Uses {
  // A stage's kernel must not outgrow what the JVM's compiler takes: a stage that reads two values
  // of this size stays below a third of that.
  private static final int MOST_INLINED = 40;
  // What is far too large for memory goes there only if there is no other way.
  private static final int MOST_SUMMED = 3 * MOST_INLINED;
  private static final int ELEMENTARY = 8;

  private final Graph graph;
  private final List<List<Node>> consumers = new ArrayList<>();
  private final boolean[] constant;
  private final boolean[] returned;
  private final boolean[] result;
  private final Boolean[] kept;
  private final Map<Integer, Integer> sizes = new HashMap<>();
  private final Boolean[] expensive;
  private final Set<Integer> insideScores = new HashSet<>();
  private final Map<Integer, Set<Node>> ends = new HashMap<>();

  Uses(TensorProgram program) {
    this.graph = program.graph();
    int count = graph.nodes().size();
    this.constant = new boolean[count];
    this.returned = new boolean[count];
    this.result = new boolean[count];
    this.kept = new Boolean[count];
    this.expensive = new Boolean[count];
    for (int i = 0; i < count; i++) {
      consumers.add(new ArrayList<>());
    }
    for (Node node : graph.nodes()) {
      constant[node.id()] = isConstant(node);
      for (int operand : node.operation().operands()) {
        consumers.get(operand).add(node);
      }
      if (FadingScores.of(graph, node).isPresent()) {
        insideScores.addAll(FadingScores.inside(graph, node));
      }
    }
    program.result().ifPresent(id -> returned[id] = true);
    program.nextStates().values().forEach(id -> returned[id] = true);
    System.arraycopy(returned, 0, result, 0, count);
    program.gradients().values().forEach(id -> result[id] = true);
  }

  /** Whether the value depends on constants and the block's shape alone. */
  boolean isOnce(int id) {
    return constant[id];
  }

  private boolean isConstant(Node node) {
    return switch (node.operation()) {
      case Operation.Literal l -> true;
      case Operation.Constant c -> true;
      case Operation.Index i -> true;
      case Operation.Parameter p -> false;
      case Operation.Input i -> false;
      case Operation.State s -> false;
      default -> node.operation().operands().stream().allMatch(o -> constant[o]);
    };
  }

  /** Whether the value is a result of the program, of whatever kind. */
  boolean isResult(Node node) {
    return result[node.id()];
  }

  /** The nodes that read the value as it is; also those that only give its axes other names. */
  List<Node> consumers(Node node) {
    return consumers.get(node.id());
  }

  /** Whether another value is made of it, or it is a result other than a gradient. */
  boolean isReadOrReturned(Node node) {
    return returned[node.id()] || !consumers.get(node.id()).isEmpty();
  }

  /** Whether the node's value is put into memory, rather than computed where it is read. */
  boolean isKept(Node node) {
    if (kept[node.id()] == null) {
      kept[node.id()] = deservesMemory(node);
    }
    return kept[node.id()];
  }

  private boolean deservesMemory(Node node) {
    if (insideScores.contains(node.id())) {
      return false;
    }
    return switch (node.operation()) {
      case Operation.Literal l -> false;
      case Operation.Index i -> false;
      case Operation.Parameter p -> false;
      case Operation.Constant c -> false;
      case Operation.Input i -> false;
      case Operation.State s -> false;
      case Operation.Rename r -> false;
      case Operation.Contract c -> true;
      case Operation.Reduce r -> true;
      case Operation.Gather g -> true;
      case Operation.Scatter s -> true;
      case Operation.Turn t -> true;
      case Operation.Pointwise p -> keepPointwise(node);
      case Operation.CumulativeSum s -> true;
      case Operation.Solve s -> true;
      case Operation.RangeProduct r -> throw new IllegalStateException("a range product is left");
      case Operation.Dropout d -> throw new IllegalStateException("a dropout is left");
      case Operation.Recur r -> throw new IllegalStateException("a recurrence is left");
    };
  }

  private boolean keepPointwise(Node node) {
    if (result[node.id()]) {
      return true;
    }
    List<Node> readers = readers(node);
    boolean trivial = isTrivial(node);
    boolean summed = isSummedMatrix(node);
    for (Node reader : readers) {
      boolean needsMemory =
          switch (reader.operation()) {
            case Operation.Contract c -> true;
            case Operation.Gather g -> true;
            case Operation.Scatter s -> true;
            case Operation.Solve s -> true;
            case Operation.Turn turn -> unrenamed(turn.operand()) == node.id();
            default -> false;
          };
      boolean becomesVarying = constant[node.id()] && !constant[reader.id()];
      boolean becomesReal =
          node.precision() == Precision.WIDE && reader.precision() == Precision.REAL;
      boolean repeated = isExpensive(node) && reader.axes().size() > node.axes().size();
      if (needsMemory || !trivial && !summed && (becomesVarying || becomesReal || repeated)) {
        return true;
      }
    }
    return readers.stream().distinct().count() > 1 && !trivial && !summed
        || size(node) > (summed ? MOST_SUMMED : MOST_INLINED);
  }

  /**
   * The axes of a value in memory: of a product those of what is made of it element by element, so
   * that both are gone through in the same order.
   */
  List<Axis> layout(Node node) {
    if (!(node.operation() instanceof Operation.Contract)) {
      return node.axes();
    }
    for (Node reader : consumers.get(node.id())) {
      List<Axis> order = reader.axes().stream().filter(node.axes()::contains).toList();
      if (reader.operation() instanceof Operation.Pointwise && order.size() == node.axes().size()) {
        return order;
      }
    }
    return node.axes();
  }

  /** How much there is to compute for one element where the value is read. */
  private int size(Node node) {
    Integer known = sizes.get(node.id());
    if (known != null) {
      return known;
    }
    int size =
        switch (node.operation()) {
          case Operation.Pointwise(Function function, List<Integer> operands) -> {
            int sum = isElementary(function) ? ELEMENTARY : 1;
            for (int operand : operands) {
              sum += isInlined(operand) ? size(graph.node(operand)) : 1;
            }
            yield sum;
          }
          case Operation.Rename(int operand, var from, var to) ->
              isInlined(operand) ? size(graph.node(operand)) : 1;
          default -> 1;
        };
    sizes.put(node.id(), size);
    return size;
  }

  private boolean isInlined(int operand) {
    return !isKept(graph.node(operand));
  }

  /**
   * Whether the value is a matrix of steps by steps for each of some channels that is summed on the
   * way: far too large for memory, so each reader computes it anew. One for each head, which all
   * channels of the head read, is not.
   */
  private boolean isSummedMatrix(Node node) {
    List<Axis> own = node.axes().stream().filter(Axis::isFixed).toList();
    if (own.isEmpty()
        || !node.axes().contains(Axis.TIME)
        || !node.axes().contains(Axis.SOURCE)
        || constant[node.id()]) {
      return false;
    }
    boolean alongSource = true;
    for (Node end : ends(node)) {
      List<Axis> over =
          end.operation() instanceof Operation.Reduce reduce ? reduce.over() : List.of();
      if (over.stream().anyMatch(own::contains)) {
        return true;
      }
      alongSource &= over.contains(Axis.SOURCE) && own.containsAll(fixedOperandAxes(end));
    }
    return alongSource;
  }

  private List<Axis> fixedOperandAxes(Node reader) {
    return reader.operation().operands().stream()
        .flatMap(operand -> graph.node(operand).axes().stream())
        .filter(Axis::isFixed)
        .toList();
  }

  /**
   * What reads the value, or values made of it element by element, and is more than that itself.
   */
  private Set<Node> ends(Node node) {
    Set<Node> known = ends.get(node.id());
    if (known == null) {
      known = new LinkedHashSet<>();
      for (Node reader : readers(node)) {
        if (reader.operation() instanceof Operation.Pointwise) {
          known.addAll(ends(reader));
        } else {
          known.add(reader);
        }
      }
      ends.put(node.id(), known);
    }
    return known;
  }

  private int unrenamed(int id) {
    return graph.node(id).operation() instanceof Operation.Rename(int operand, var from, var to)
        ? unrenamed(operand)
        : id;
  }

  /** The nodes that read the value, through other names of its axes, too. */
  private List<Node> readers(Node node) {
    List<Node> readers = new ArrayList<>();
    for (Node consumer : consumers.get(node.id())) {
      if (consumer.operation() instanceof Operation.Rename) {
        readers.addAll(readers(consumer));
      } else if (!isAngle(node, consumer)) {
        readers.add(consumer);
      }
    }
    return readers;
  }

  /** Turning reads an angle's sine and cosine, which have memory of their own. */
  private static boolean isAngle(Node node, Node consumer) {
    return consumer.operation() instanceof Operation.Turn turn && turn.angle() == node.id();
  }

  /** Whether wide values are made of the wide value, and real ones. */
  boolean isReadAs(Precision precision, Node node) {
    return result[node.id()] && precision == Precision.REAL
        || readers(node).stream()
            .anyMatch(
                reader -> (reader.precision() == Precision.REAL) == (precision == Precision.REAL))
        || precision == Precision.WIDE
            && consumers.get(node.id()).stream().anyMatch(consumer -> isAngle(node, consumer));
  }

  /** Whether computing the value costs no more than reading it. */
  private boolean isTrivial(Node node) {
    return switch (node.operation()) {
      case Operation.Literal l -> true;
      case Operation.Index i -> true;
      case Operation.Pointwise(Function function, List<Integer> operands) ->
          switch (function) {
            case EQUAL ->
                operands.stream().map(graph::node).allMatch(o -> isIndexLike(o) || isInput(o));
            case ADD, SUBTRACT, NEGATE, MULTIPLY, LESS, LESS_OR_EQUAL ->
                operands.stream().map(graph::node).allMatch(this::isIndexLike);
            default -> false;
          };
      default -> false;
    };
  }

  private static boolean isInput(Node node) {
    return node.operation() instanceof Operation.Input;
  }

  private boolean isIndexLike(Node node) {
    return switch (node.operation()) {
      case Operation.Literal l -> true;
      case Operation.Index i -> true;
      case Operation.Rename(int operand, var from, var to) -> isIndexLike(graph.node(operand));
      case Operation.Pointwise p -> isTrivial(node);
      default -> false;
    };
  }

  /** Whether the value, inlined as it would be, takes more than a few additions. */
  private boolean isExpensive(Node node) {
    if (expensive[node.id()] == null) {
      expensive[node.id()] = takesLong(node);
    }
    return expensive[node.id()];
  }

  private boolean takesLong(Node node) {
    return node.operation() instanceof Operation.Pointwise(Function function, var operands)
        && (isElementary(function)
            || operands.stream().map(graph::node).anyMatch(o -> !isKept(o) && isExpensive(o)));
  }

  private static boolean isElementary(Function function) {
    return switch (function) {
      case ADD,
          SUBTRACT,
          MULTIPLY,
          NEGATE,
          ABS,
          MAX,
          MIN,
          LESS,
          LESS_OR_EQUAL,
          EQUAL,
          SELECT,
          ROUND,
          STOP_GRADIENT ->
          false;
      case DIVIDE, POWER, EXP, LOG, SQRT, ERF, TANH, SIN, COS -> true;
    };
  }
}
