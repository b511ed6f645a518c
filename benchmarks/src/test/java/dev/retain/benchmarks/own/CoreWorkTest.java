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

  private static float[] loop(Rule rule) {
    CoreInputs in = CoreInputs.of(rule, STEPS);
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
