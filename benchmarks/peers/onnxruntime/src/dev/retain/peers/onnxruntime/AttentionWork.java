package dev.retain.peers.onnxruntime;

import static dev.retain.benchmarks.work.CoreInputs.HEADS;
import static dev.retain.benchmarks.work.CoreInputs.KEY;
import static dev.retain.benchmarks.work.CoreInputs.VALUE;

import ai.onnxruntime.OrtException;
import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Work;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** ONNX Runtime's own operator LinearAttention. */
final class AttentionWork {
  private AttentionWork() {}

  /** All steps from rest. */
  static Work core(Rule rule, int steps) throws OrtException {
    return graph(rule, steps);
  }

  /** One step, always from the same state: it takes as long as any other. */
  static Work step(Rule rule) throws OrtException {
    GraphWork graph = graph(rule, 1);
    return graph::run;
  }

  private static GraphWork graph(Rule rule, int steps) throws OrtException {
    CoreInputs inputs = CoreInputs.of(rule, steps);
    boolean delta = rule == Rule.GATED_DELTA;
    Graph graph = new Graph();
    Map<String, float[]> values = new LinkedHashMap<>();
    values.put(graph.input("query", 1, steps, HEADS * KEY), inputs.query());
    values.put(graph.input("key", 1, steps, HEADS * KEY), inputs.key());
    values.put(graph.input("value", 1, steps, HEADS * VALUE), inputs.value());
    graph.input("past_state", 1, HEADS, KEY, VALUE);
    values.put(graph.input("decay", 1, steps, HEADS), inputs.logDecay());
    if (delta) {
      values.put(graph.input("beta", 1, steps, HEADS), inputs.beta());
    }
    graph.addOwn(
        "LinearAttention",
        List.of("query", "key", "value", "past_state", "decay", delta ? "beta" : ""),
        List.of("output", "present_state"),
        attributes(HEADS, delta ? "gated_delta" : "gated", CoreInputs.SCALE));
    graph.output("output", 1, steps, HEADS * VALUE);
    graph.output("present_state", 1, HEADS, KEY, VALUE);
    return new GraphWork(graph, values, "output");
  }

  /** What the operator has to be told. */
  static Map<String, Object> attributes(int heads, String rule, double scale) {
    return Map.of(
        "q_num_heads", heads, "kv_num_heads", heads, "update_rule", rule, "scale", (float) scale);
  }
}
