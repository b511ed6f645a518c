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
import java.util.SequencedMap;

/** ONNX Runtime's own operator LinearAttention. */
final class AttentionWork {
  private static final List<String> OPERANDS =
      List.of("query", "key", "value", "past_state", "decay", "beta");

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
    SequencedMap<String, float[]> values = new LinkedHashMap<>();
    SequencedMap<String, long[]> in = new LinkedHashMap<>();
    long[] state = {1, HEADS, KEY, VALUE};
    values.put("query", inputs.query());
    in.put("query", new long[] {1, steps, HEADS * KEY});
    values.put("key", inputs.key());
    in.put("key", new long[] {1, steps, HEADS * KEY});
    values.put("value", inputs.value());
    in.put("value", new long[] {1, steps, HEADS * VALUE});
    values.put("past_state", new float[HEADS * KEY * VALUE]);
    in.put("past_state", state);
    values.put("decay", inputs.logDecay());
    in.put("decay", new long[] {1, steps, HEADS});
    if (delta) {
      values.put("beta", inputs.beta());
      in.put("beta", new long[] {1, steps, HEADS});
    }
    SequencedMap<String, long[]> out = new LinkedHashMap<>();
    out.put("output", new long[] {1, steps, HEADS * VALUE});
    out.put("present_state", state);
    byte[] model =
        ModelBytes.of(
            "LinearAttention",
            "com.microsoft",
            1,
            OPERANDS.stream().map(name -> in.containsKey(name) ? name : "").toList(),
            in,
            out,
            Map.of(
                "q_num_heads",
                HEADS,
                "kv_num_heads",
                HEADS,
                "update_rule",
                delta ? "gated_delta" : "gated",
                "scale",
                (float) CoreInputs.SCALE));
    return new GraphWork(model, values, in, out);
  }
}
