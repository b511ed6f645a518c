package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.runtime.memory.ElementType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Values that have memory, and others as they are computed of those. */
final class Values {
  private final Graph graph;
  private final Map<Integer, Buffer> narrows = new HashMap<>();
  private final Map<Integer, Buffer> wides = new HashMap<>();

  Values(Graph graph) {
    this.graph = graph;
  }

  /** The memory of a value in the program's type; null if it has none. */
  Buffer narrow(int id) {
    return narrows.get(id);
  }

  /** The memory of a wide value in float64; null if it has none. */
  Buffer wide(int id) {
    return wides.get(id);
  }

  void keep(int id, Buffer buffer) {
    narrows.put(id, buffer);
  }

  void keepWide(int id, Buffer buffer) {
    wides.put(id, buffer);
  }

  /** The value as a stage reads it that computes in a type. */
  Scalar scalar(int id, ElementType precision) {
    return new Writing(precision).scalar(id, Map.of());
  }

  /** The value as the stage computes it that gives it memory. */
  Scalar computed(Node node, ElementType precision) {
    return new Writing(precision).computed(node, Map.of());
  }

  static Scalar.Element element(Buffer buffer, List<Axis> axes) {
    return new Scalar.Element(
        buffer, axes.stream().<Coordinate>map(Coordinate.Along::new).toList());
  }

  /** Writes values out, each once. */
  private final class Writing {
    private final ElementType precision;
    private final Map<List<Object>, Scalar> written = new HashMap<>();

    private Writing(ElementType precision) {
      this.precision = precision;
    }

    private Scalar scalar(int id, Map<Axis, Axis> names) {
      Buffer narrow = narrows.get(id);
      Buffer wide = wides.get(id);
      Buffer buffer =
          wide != null && (narrow == null || precision == ElementType.F64) ? wide : narrow;
      if (buffer != null) {
        return element(buffer, buffer.axes().stream().map(a -> names.getOrDefault(a, a)).toList());
      }
      Scalar known = written.get(List.of(id, names));
      if (known == null) {
        known = computed(graph.node(id), names);
        written.put(List.of(id, names), known);
      }
      return known;
    }

    private Scalar computed(Node node, Map<Axis, Axis> names) {
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
