package dev.retain.compiler.tensor;

import java.util.List;

/** Values in the order in which they can be computed; node i has the id i. */
public record Graph(List<Node> nodes) {
  public Graph {
    nodes = List.copyOf(nodes);
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).id() != i) {
        throw new IllegalArgumentException("node " + i + " has the id " + nodes.get(i).id());
      }
    }
  }

  public Node node(int id) {
    return nodes.get(id);
  }
}
