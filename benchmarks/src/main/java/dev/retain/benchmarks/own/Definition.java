package dev.retain.benchmarks.own;

import static dev.retain.benchmarks.work.CoreInputs.KEY;
import static dev.retain.benchmarks.work.CoreInputs.VALUE;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Rule;
import dev.retain.compiler.diagnostics.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The recurrence of a rule, among those of models/recurrences.
 *
 * @param headsAreOwn whether it declares an axis of heads itself, and is not mapped over them
 */
record Definition(Rule rule, String file, String recurrence, boolean headsAreOwn) {
  /**
   * @param sizes of its own axes
   * @param values of all steps
   */
  record Input(List<Integer> sizes, float[] values) {}

  static Definition of(Rule rule) {
    return switch (rule) {
      case GAMMA -> new Definition(rule, "retention.ret", "Retention", true);
      case GATED -> new Definition(rule, "gla.ret", "SimpleGatedLinearAttention", false);
      case GATED_DELTA -> new Definition(rule, "delta-net.ret", "GatedDeltaNet", false);
    };
  }

  Source source() {
    String path = "/dev/retain/benchmarks/recurrences/" + file;
    try (InputStream stream = Definition.class.getResourceAsStream(path)) {
      return new Source(file, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it reads, by name. */
  SequencedMap<String, Input> inputs(CoreInputs inputs) {
    SequencedMap<String, Input> all = new LinkedHashMap<>();
    List<Integer> key = headsAreOwn ? List.of(CoreInputs.HEADS, KEY) : List.of(KEY);
    List<Integer> value = headsAreOwn ? List.of(CoreInputs.HEADS, VALUE) : List.of(VALUE);
    all.put("q", new Input(key, inputs.query()));
    all.put("k", new Input(key, inputs.key()));
    all.put("v", new Input(value, inputs.value()));
    if (rule == Rule.GATED_DELTA) {
      all.put("beta", new Input(List.of(), inputs.beta()));
    }
    if (rule != Rule.GAMMA) {
      all.put("g", new Input(List.of(), inputs.logDecay()));
    }
    return all;
  }
}
