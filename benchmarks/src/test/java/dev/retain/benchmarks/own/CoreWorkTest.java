package dev.retain.benchmarks.own;

import static dev.retain.benchmarks.work.CoreInputs.HEADS;
import static dev.retain.benchmarks.work.CoreInputs.KEY;
import static dev.retain.benchmarks.work.CoreInputs.VALUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Work;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is timed is the recurrence that the task names. */
class CoreWorkTest {
  private static final int STEPS = 150;
  private static final int CHUNK = 64;

  @ParameterizedTest
  @EnumSource(Rule.class)
  void aCoreIsItsLoopStepByStep(Rule rule) {
    float[] expected = loop(rule);
    try (CoreWork work = CoreWork.chunkwise(rule, STEPS, CHUNK)) {
      work.run();
      // From rest again, and not from where the first run ended.
      work.run();
      double[] found = work.sample();
      double[] samples = Work.samples(expected);
      assertThat(found).hasSize(64);
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).isEqualTo(samples[i], within(1e-4));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void aStepCanBeMadeAgainAndAgain(Rule rule) {
    try (CoreWork work = CoreWork.step(rule)) {
      work.run();
      work.run();
      assertThat(work.sample()).isEmpty();
      assertThat(work.amount()).isEqualTo(2 * 8 * 64 * 128 * 4);
    }
  }

  /** What flows back changes with an input as a small change of that input says. */
  @ParameterizedTest
  @EnumSource(Rule.class)
  void gradientsAreThoseOfTheLoop(Rule rule) {
    CoreInputs in = CoreInputs.of(rule, STEPS);
    float[] flowing = in.flowing();
    float[][] inputs = {in.query(), in.key(), in.value()};
    try (CoreGradientsWork work = new CoreGradientsWork(rule, STEPS, CHUNK)) {
      work.run();
      work.run();
      double[] found = work.sample();
      double[] outputs = Work.samples(loop(in));
      for (int i = 0; i < 64; i++) {
        assertThat(found[i]).isEqualTo(outputs[i], within(1e-4));
      }
      for (int input = 0; input < inputs.length; input++) {
        int[] places = Work.places(inputs[input].length);
        for (int i = 0; i < places.length; i += 21) {
          double slope = slope(in, inputs[input], places[i], flowing);
          assertThat(found[64 * (input + 1) + i]).isEqualTo(slope, within(2e-3));
        }
      }
    }
  }

  private static double slope(CoreInputs in, float[] input, int place, float[] flowing) {
    float before = input[place];
    input[place] = before + 0.5f;
    float[] more = loop(in);
    input[place] = before - 0.5f;
    float[] less = loop(in);
    input[place] = before;
    double sum = 0;
    for (int i = 0; i < flowing.length; i++) {
      sum += (more[i] - less[i]) * flowing[i];
    }
    return sum;
  }

  private static float[] loop(Rule rule) {
    return loop(CoreInputs.of(rule, STEPS));
  }

  private static float[] loop(CoreInputs in) {
    Rule rule = in.rule();
    double[][][] state = new double[HEADS][KEY][VALUE];
    float[] output = new float[STEPS * HEADS * VALUE];
    for (int row = 0; row < STEPS * HEADS; row++) {
      double[][] own = state[row % HEADS];
      double decay = Math.exp(in.logDecay()[row]);
      for (int j = 0; j < VALUE; j++) {
        double held = 0;
        for (int i = 0; i < KEY; i++) {
          own[i][j] *= decay;
          held += in.key()[row * KEY + i] * own[i][j];
        }
        double value = in.value()[row * VALUE + j];
        double written = rule == Rule.GATED_DELTA ? in.beta()[row] * (value - held) : value;
        double read = 0;
        for (int i = 0; i < KEY; i++) {
          own[i][j] += in.key()[row * KEY + i] * written;
          read += CoreInputs.SCALE * in.query()[row * KEY + i] * own[i][j];
        }
        output[row * VALUE + j] = (float) read;
      }
    }
    return output;
  }
}
