package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.evaluation.Tensor;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.TensorProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Some sequences run through a form, held against the steps as they are written. */
final class Comparison<N> {
  private final RecurrenceUse use;
  private final Sequences<N> sequences;
  private final BlockRunner<N> runner;
  private final WrittenSteps<N> steps;
  // The form's states after the chunks of a sequence that is cut up, by where they end.
  private final Map<Integer, Map<Integer, Map<String, Tensor<N>>>> cut = new HashMap<>();
  private boolean compared;
  private boolean outputs;

  Comparison(
      RecurrenceUse use, FormUnderProof form, TensorProgram program, Sequences<N> sequences) {
    this.use = use;
    this.sequences = sequences;
    this.runner = new BlockRunner<>(use.call(), form, program, sequences);
    this.steps = WrittenSteps.run(use.call(), sequences, runner.asWritten(0, sequences.kept()));
  }

  Sequences<N> sequences() {
    return sequences;
  }

  /** Whether anything was defined, and so compared. */
  boolean hasCompared() {
    return compared;
  }

  /** Whether any output was. */
  boolean hasOutput() {
    return outputs;
  }

  /**
   * The first steps, cut into chunks: where the last one differs.
   *
   * @param chunk how long they are; the last one may be shorter
   */
  Optional<Mismatch<N>> chunks(int length, int chunk) {
    int from = (length - 1) / chunk * chunk;
    return compare(from, length, runner.run(from, length, chunk, before(from, chunk)));
  }

  /**
   * One block of the first steps.
   *
   * @param chunk how long the block is meant to be, at least so many steps
   */
  Optional<Mismatch<N>> block(int length, int chunk) {
    return compare(0, length, runner.run(0, length, chunk, sequences.kept()));
  }

  private Map<String, Tensor<N>> before(int step, int chunk) {
    if (step == 0) {
      return sequences.kept();
    }
    Map<Integer, Map<String, Tensor<N>>> ends = cut.computeIfAbsent(chunk, c -> new HashMap<>());
    if (!ends.containsKey(step)) {
      Map<String, Tensor<N>> earlier = before(step - chunk, chunk);
      ends.put(step, runner.run(step - chunk, step, chunk, earlier).kept());
    }
    return ends.get(step);
  }

  /** What becomes of the values of one step: see {@link #each}. */
  interface Values<N> {
    /**
     * @param state empty for the output
     */
    void of(Optional<String> state, List<N> expected, List<N> actual);
  }

  private interface Places<N> {
    /** Whether to go on. */
    boolean at(
        int sequence, int step, Optional<String> state, Tensor<N> expected, Tensor<N> actual);
  }

  /** All outputs of the last chunk of the first steps, and the states after it. */
  void each(int length, int chunk, Values<N> values) {
    int from = (length - 1) / chunk * chunk;
    walk(
        from,
        length,
        runner.run(from, length, chunk, before(from, chunk)),
        (_, _, state, expected, actual) -> {
          values.of(state, expected.elements(), actual.elements());
          return true;
        });
  }

  private Optional<Mismatch<N>> compare(int from, int to, BlockRunner.Result<N> result) {
    List<Mismatch<N>> found = new ArrayList<>();
    walk(
        from,
        to,
        result,
        (b, t, state, expected, actual) -> {
          compare(b, t, state, expected, actual).ifPresent(found::add);
          return found.isEmpty();
        });
    return found.stream().findFirst();
  }

  private void walk(int from, int to, BlockRunner.Result<N> result, Places<N> places) {
    Map<String, Tensor<N>> states = runner.asWritten(to, result.kept());
    for (int b = 0; b < sequences.arrangement().sequences(); b++) {
      Tensor<N> outputs = result.output().at(Axis.BATCH, b);
      for (int t = from; t < to; t++) {
        Tensor<N> expected = steps.outputs().get(b).get(t);
        if (expected != null
            && !places.at(b, t, Optional.empty(), expected, outputs.at(Axis.TIME, t - from))) {
          return;
        }
      }
      for (RecurrenceCall.State state : use.call().states()) {
        String name = state.name();
        if (states.containsKey(name)
            && !places.at(
                b,
                to - 1,
                Optional.of(name),
                steps.states().get(b).get(to - 1).get(name),
                states.get(name).at(Axis.BATCH, b))) {
          return;
        }
      }
    }
  }

  private Optional<Mismatch<N>> compare(
      int sequence, int step, Optional<String> state, Tensor<N> expected, Tensor<N> actual) {
    Draw<N> draw = sequences.draw();
    for (int i = 0; i < expected.elements().size(); i++) {
      N right = expected.elements().get(i);
      N value = actual.elements().get(i);
      if (draw.isUndefined(right)) {
        continue;
      }
      compared = true;
      outputs |= state.isEmpty();
      if (draw.isUndefined(value) || !draw.same(right, value)) {
        return Optional.of(new Mismatch<>(sequence, step, state, i, right, value));
      }
    }
    return Optional.empty();
  }
}
