package dev.retain.compiler.tensor;

import dev.retain.compiler.diagnostics.Span;
import java.util.HashSet;
import java.util.List;

/**
 * One value of a graph.
 *
 * @param id its place in the graph; operands have smaller ones
 * @param axes the axes of the value, in order, none twice
 * @param span where in the model it comes from
 */
public record Node(int id, Operation operation, List<Axis> axes, Precision precision, Span span) {
  public Node {
    axes = List.copyOf(axes);
    if (new HashSet<>(axes).size() != axes.size()) {
      throw new IllegalArgumentException("an axis appears twice: " + axes);
    }
    for (int operand : operation.operands()) {
      if (operand >= id) {
        throw new IllegalArgumentException("%" + id + " reads the later %" + operand);
      }
    }
  }
}
