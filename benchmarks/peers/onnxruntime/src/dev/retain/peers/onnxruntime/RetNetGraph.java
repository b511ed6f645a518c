package dev.retain.peers.onnxruntime;

import dev.retain.benchmarks.work.RetNet;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * RetNet as a graph that reads a block of steps: with ONNX Runtime's fused operators wherever it
 * has one. What retention reads is not divided by the root of the sum of decays, since the norm of
 * each head takes any factor out again.
 */
final class RetNetGraph {
  static final String TOKENS = "tokens";
  static final String POSITIONS = "positions";

  private static final String PAST = "past.";
  private static final String PRESENT = "present.";

  private final RetNet size;
  private final int steps;
  private final Graph graph = new Graph();
  private final String cosines;
  private final String sines;
  private final String decays;
  private final String ofValue;
  private final String byHead;
  private final String together;
  private final String logits;

  /**
   * Builds it.
   *
   * @param positions that angles are known for
   */
  RetNetGraph(RetNet size, int steps, int positions) {
    this.size = size;
    this.steps = steps;
    for (RetNet.Parameter parameter : size.parameters()) {
      graph.constant(parameter.path(), parameter.values(), shape(parameter));
    }
    this.cosines = angles("cosines", positions, true);
    this.sines = angles("sines", positions, false);
    this.decays = decays();
    this.ofValue = ones("of_value", size.valueOfHead());
    this.byHead = graph.constant("by_head", 1, steps, size.heads(), size.valueOfHead());
    this.together = graph.constant("together", 1, steps, size.value());
    this.logits = logits();
  }

  /** Products take matrices: heads and what each of them has are one axis. */
  private static long[] shape(RetNet.Parameter parameter) {
    List<Integer> shape = parameter.shape();
    if (shape.size() == 1) {
      return new long[] {shape.getFirst()};
    }
    long columns =
        parameter.path().endsWith("Wo") ? shape.getLast() : parameter.size() / shape.getFirst();
    return new long[] {parameter.size() / columns, columns};
  }

  private String angles(String name, int positions, boolean isCosine) {
    int pairs = size.key() / 2;
    float[] values = new float[positions * pairs];
    for (int i = 0; i < values.length; i++) {
      double angle = i / pairs * size.theta(i % pairs);
      values[i] = (float) (isCosine ? Math.cos(angle) : Math.sin(angle));
    }
    return graph.constant(name, values, positions, pairs);
  }

  private String decays() {
    float[] values = new float[steps * size.heads()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.log(size.gamma(i % size.heads()));
    }
    return graph.constant("decays", values, 1, steps, size.heads());
  }

  private String ones(String name, int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return graph.constant(name, ones, count);
  }

  private String logits() {
    graph.wholeInput(TOKENS, 1, steps);
    graph.wholeInput(POSITIONS, 1, steps);
    String x = graph.add("Gather", "embed.weight", TOKENS);
    for (int layer = 0; layer < size.layers(); layer++) {
      String block = "block." + layer + ".";
      String read = norm(x, block + "retention_norm.weight");
      x = graph.add("Add", x, heads(layer, block + "retention.", read));
      String fed = norm(x, block + "feed_norm.weight");
      x = graph.add("Add", x, feed(block + "feed.", fed));
    }
    String last = norm(x, "final_norm.weight");
    String result = graph.add("MatMul", last, "readout.weight");
    graph.output(result, 1, steps, size.vocabulary());
    return result;
  }

  private String norm(String x, String weight) {
    return graph.add(
        "SimplifiedLayerNormalization",
        Map.of("axis", -1, "epsilon", (float) RetNet.EPSILON),
        x,
        weight);
  }

  private String heads(int layer, String names, String x) {
    String query = turned(graph.add("MatMul", x, names + "Wq"), layer, "query");
    String key = turned(graph.add("MatMul", x, names + "Wk"), layer, "key");
    String value = graph.add("MatMul", x, names + "Wv");
    String past = graph.input(PAST + layer, 1, size.heads(), size.key(), size.valueOfHead());
    String present = PRESENT + layer;
    String read = "read." + layer;
    graph.addOwn(
        "LinearAttention",
        List.of(query, key, value, past, decays),
        List.of(read, present),
        AttentionWork.attributes(size.heads(), "gated", Math.pow(size.key(), -0.5)));
    graph.output(present, 1, size.heads(), size.key(), size.valueOfHead());
    String normed = norm(graph.add("Reshape", read, byHead), ofValue);
    String gate = swish(graph.add("MatMul", x, names + "Wg"));
    String gated = graph.add("Mul", gate, graph.add("Reshape", normed, together));
    return graph.add("MatMul", gated, names + "Wo");
  }

  private String turned(String x, int layer, String what) {
    String result = what + "." + layer;
    graph.addOwn(
        "RotaryEmbedding",
        List.of(x, POSITIONS, cosines, sines),
        List.of(result),
        Map.of("interleaved", 1, "num_heads", size.heads()));
    return result;
  }

  private String feed(String names, String x) {
    String activated = swish(graph.add("MatMul", x, names + "fc1.weight"));
    String linear = graph.add("MatMul", x, names + "gate.weight");
    return graph.add("MatMul", graph.add("Mul", activated, linear), names + "fc2.weight");
  }

  /** Which ONNX Runtime makes one operator of. */
  private String swish(String x) {
    return graph.add("Mul", x, graph.add("Sigmoid", x));
  }

  Graph graph() {
    return graph;
  }

  String result() {
    return logits;
  }

  /** The name of a layer's state before the block. */
  static String past(int layer) {
    return PAST + layer;
  }

  /** The name of a layer's state after the block. */
  static String present(int layer) {
    return PRESENT + layer;
  }
}
