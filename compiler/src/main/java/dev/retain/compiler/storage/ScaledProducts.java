package dev.retain.compiler.storage;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.GraphCopy;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.GraphVerifier;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Storage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the scales of parameters that are stored as whole numbers behind the products: {@code sum
 * over k of x[k] (q[k, n] s[n])} is {@code s[n] (sum over k of x[k] q[k, n])}. So a scale is
 * multiplied with once for each result, and not for each weight.
 */
public final class ScaledProducts {
  private final Map<String, Storage> stored;
  private final Graph from;
  private final ParameterViews views;
  private final GraphBuilder graph = new GraphBuilder();
  private final int[] copied;

  /** By the node that is a parameter, or a renamed one, the node of its scales, renamed alike. */
  private final Map<Integer, Integer> scales = new HashMap<>();

  private ScaledProducts(Graph from, Map<String, Storage> stored) {
    this.stored = stored;
    this.from = from;
    this.views = new ParameterViews(from);
    this.copied = new int[from.nodes().size()];
  }

  /**
   * @param stored how parameters are stored, by path
   * @return the program that reads the stored numbers under the parameters' own paths, and scales
   *     under those of {@link ParameterDescription#scalePath}
   */
  public static TensorProgram of(TensorProgram program, Map<String, Storage> stored) {
    if (stored.values().stream().noneMatch(Storage.Int8.class::isInstance)) {
      return program;
    }
    TensorProgram scaled = new ScaledProducts(program.graph(), stored).rewritten(program);
    GraphVerifier.verify(scaled);
    return scaled;
  }

  private TensorProgram rewritten(TensorProgram program) {
    for (Node node : from.nodes()) {
      int copy =
          new GraphCopy(from, graph, n -> n.id() == node.id() ? -1 : copied[n.id()])
              .copy(node.id());
      copied[node.id()] = scaled(node, copy);
    }
    return program.in(graph, id -> copied[id]);
  }

  /** The node that stands for another one, of whose copy some factors may have to be taken in. */
  private int scaled(Node node, int copy) {
    Span span = node.span();
    return switch (node.operation()) {
      case Operation.Parameter(String path) -> {
        if (stored.get(path) instanceof Storage.Int8(List<Integer> dimensions, int rows)) {
          List<Axis> axes = dimensions.stream().map(node.axes()::get).toList();
          scales.put(node.id(), graph.parameter(ParameterDescription.scalePath(path), axes, span));
        }
        yield copy;
      }
      case Operation.Rename(int operand, Axis source, Axis target) -> {
        if (scales.containsKey(operand)) {
          scales.put(node.id(), graph.rename(scales.get(operand), source, target, span));
        }
        yield copy;
      }
      case Operation.Contract(int left, int right, var over) ->
          times(times(copy, scales.get(left), span), scales.get(right), span);
      case Operation.Gather(int table, Axis axis, int index) -> {
        Integer scale = scales.get(table);
        boolean byRow = scale != null && graph.axes(scale).contains(axis);
        yield times(copy, byRow ? graph.gather(scale, axis, copied[index], span) : scale, span);
      }
      default -> {
        for (int operand : node.operation().operands()) {
          if (scales.containsKey(operand)) {
            throw new IllegalStateException(
                views.of(operand).orElseThrow().path() + " is stored small, but computed with");
          }
        }
        yield copy;
      }
    };
  }

  private int times(int value, Integer scale, Span span) {
    return scale == null ? value : graph.multiply(value, scale, span);
  }
}
