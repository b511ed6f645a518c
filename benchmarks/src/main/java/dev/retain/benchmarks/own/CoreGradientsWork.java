package dev.retain.benchmarks.own;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.program.Form;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A retention core forward and backward, in chunks. */
final class CoreGradientsWork implements Work {
  private final BoundGradients bound;

  CoreGradientsWork(Rule rule, int steps, int chunk) {
    CoreInputs numbers = CoreInputs.of(rule, steps);
    CoreStreams core = CoreStreams.of(rule, numbers, Form.CHUNKWISE);
    this.bound =
        new BoundGradients(
            core.prepared(),
            steps,
            Math.min(chunk, steps),
            core.inputs(),
            CoreStreams.segment(numbers.flowing()));
  }

  @Override
  public void run() {
    bound.run();
  }

  /** Of the output and of the gradients of query, key and value. */
  @Override
  public double[] sample() {
    Map<String, MemorySegment> gradients = bound.gradients();
    List<float[]> results =
        Stream.of(
                bound.output(), gradients.get("in.q"), gradients.get("in.k"), gradients.get("in.v"))
            .map(segment -> segment.toArray(ValueLayout.JAVA_FLOAT))
            .toList();
    return Work.samples(results);
  }

  @Override
  public void close() {
    bound.close();
  }
}
