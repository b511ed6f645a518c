package dev.retain.benchmarks.own;

import static dev.retain.benchmarks.work.CoreInputs.HEADS;
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
import java.util.stream.IntStream;

/** The recurrence of a rule, of one head; it is mapped over heads. */
record Definition(Rule rule, String file, String recurrence) {
  /**
   * What it reads.
   *
   * @param sizes of its own axes
   * @param always what does not differ from step to step, for each head; empty for what does
   * @param values of all steps
   */
  record Input(List<Integer> sizes, List<Double> always, float[] values) {
    static Input ofSteps(List<Integer> sizes, float[] values) {
      return new Input(sizes, List.of(), values);
    }

    boolean differs() {
      return always.isEmpty();
    }
  }

  static Definition of(Rule rule) {
    return switch (rule) {
      case GAMMA -> new Definition(rule, "head.ret", "Retention");
      case GATED -> new Definition(rule, "gla.ret", "SimpleGatedLinearAttention");
      case GATED_DELTA -> new Definition(rule, "delta-net.ret", "GatedDeltaNet");
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
    all.put("q", Input.ofSteps(List.of(KEY), inputs.query()));
    all.put("k", Input.ofSteps(List.of(KEY), inputs.key()));
    all.put("v", Input.ofSteps(List.of(VALUE), inputs.value()));
    switch (rule) {
      case GAMMA -> all.put("gamma", new Input(List.of(), gammas(), new float[0]));
      case GATED -> all.put("g", Input.ofSteps(List.of(), inputs.logDecay()));
      case GATED_DELTA -> {
        all.put("beta", Input.ofSteps(List.of(), inputs.beta()));
        all.put("g", Input.ofSteps(List.of(), inputs.logDecay()));
      }
    }
    return all;
  }

  private static List<Double> gammas() {
    return IntStream.range(0, HEADS).mapToObj(CoreInputs::gamma).toList();
  }
}
