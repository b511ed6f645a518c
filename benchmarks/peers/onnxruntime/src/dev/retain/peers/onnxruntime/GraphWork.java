package dev.retain.peers.onnxruntime;

import ai.onnxruntime.OrtException;
import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Work;
import java.util.LinkedHashMap;
import java.util.Map;

/** A graph that is run on the same inputs again and again. */
final class GraphWork implements Work {
  private final BoundGraph graph;
  private final String sampled;

  /**
   * @param values of the inputs by name
   * @param sampled the output that samples are taken from
   */
  GraphWork(Graph graph, Map<String, float[]> values, String sampled) throws OrtException {
    this.graph = new BoundGraph(graph);
    this.sampled = sampled;
    values.forEach(this.graph::write);
  }

  /** A product of matrices. */
  static GraphWork product(int size) throws OrtException {
    Graph graph = new Graph();
    Map<String, float[]> values = new LinkedHashMap<>();
    values.put(graph.input("left", size, size), CoreInputs.matrix(size, 1));
    values.put(graph.input("right", size, size), CoreInputs.matrix(size, 2));
    String product = graph.add("MatMul", "left", "right");
    graph.output(product, size, size);
    return new GraphWork(graph, values, product);
  }

  @Override
  public void run() throws OrtException {
    graph.run();
  }

  @Override
  public double[] sample() {
    return Work.samples(graph.read(sampled));
  }
}
