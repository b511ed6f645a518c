package dev.retain.runtime.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {
  /** Probabilities 0.1, 0.4, 0.2, 0.3 once the softmax is taken. */
  private static final double[] LOGITS = {
    Math.log(0.1), Math.log(0.4), Math.log(0.2), Math.log(0.3)
  };

  @Test
  void greedyTakesTheLargestAndTheFirstOfEquals() {
    assertThat(sample(Sampling.greedy(), 1, 3, 2)).isEqualTo(1);
    assertThat(sample(Sampling.greedy(), 1, 3, 3)).isEqualTo(1);
    assertThat(sample(Sampling.greedy(), Double.NEGATIVE_INFINITY, -5)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    // temperature, top-k, top-p, then the probabilities that shall come out
    "1,   0, 1,    0.1, 0.4,  0.2, 0.3",
    "1,   4, 1,    0.1, 0.4,  0.2, 0.3",
    "1,   9, 1,    0.1, 0.4,  0.2, 0.3",
    "0.5, 0, 1,    0.03333, 0.53333, 0.13333, 0.3",
    "1,   1, 1,    0,   1,    0,   0",
    "1,   2, 1,    0,   0.57142, 0, 0.42857",
    "1,   0, 0.65, 0,   0.57142, 0, 0.42857",
    "1,   0, 0.75, 0,   0.44444, 0.22222, 0.33333",
    "1,   0, 0.01, 0,   1,    0,   0",
    "1,   3, 0.75, 0,   0.57142, 0, 0.42857",
    "1e-300, 0, 1, 0,   1,    0,   0",
  })
  void tokensComeAsOftenAsTheyShould(
      double temperature, int topK, double topP, double a, double b, double c, double d) {
    int draws = 40_000;
    int[] counts = new int[4];
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor row = row(arena, ElementType.F64, LOGITS);
      Sampler sampler = new Sampler(new Sampling(temperature, topK, topP, 11), 4);
      for (int i = 0; i < draws; i++) {
        counts[sampler.sample(row.segment(), 0, ElementType.F64)]++;
      }
    }
    double[] expected = {a, b, c, d};
    for (int token = 0; token < 4; token++) {
      double share = counts[token] / (double) draws;
      assertThat(share).isCloseTo(expected[token], within(expected[token] == 0 ? 0 : 0.015));
    }
  }

  @Test
  void theSeedDecides() {
    assertThat(sequence(5)).isEqualTo(sequence(5)).isNotEqualTo(sequence(6));
  }

  @Test
  void readsARowAnywhereInEitherType() {
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor rows = row(arena, ElementType.F32, 9, 0, 0, 0, 0, 7);
      Sampler sampler = new Sampler(Sampling.greedy(), 3);
      assertThat(sampler.sample(rows.segment(), 0, ElementType.F32)).isZero();
      assertThat(sampler.sample(rows.segment(), 12, ElementType.F32)).isEqualTo(2);
    }
  }

  @Test
  void neverChoosesWhatIsExcluded() {
    double[] logits = new double[300];
    Arrays.fill(logits, Double.NEGATIVE_INFINITY);
    logits[17] = 0.1;
    logits[230] = 0;
    for (int topK : new int[] {0, 250}) {
      for (int seed = 0; seed < 50; seed++) {
        assertThat(sample(new Sampling(1.3, topK, 1, seed), logits)).isIn(17, 230);
      }
    }
  }

  @Test
  void theLikeliestCandidatesComeInOrder() {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    double[] weights = random.doubles(1000, 0, 1).map(x -> Math.rint(x * 100)).toArray();
    Candidates candidates = new Candidates(weights);
    for (int round = 0; round < 2; round++) {
      candidates.reset();
      int[] expected =
          IntStream.range(0, 1000)
              .boxed()
              .sorted((a, b) -> Double.compare(weights[b], weights[a]))
              .mapToInt(Integer::intValue)
              .toArray();
      assertThat(IntStream.range(0, 1000).map(candidates::likeliest).toArray())
          .containsExactly(expected);
    }
  }

  @Test
  void allocatesNothingPerToken() {
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor row = row(arena, ElementType.F32, new double[256]);
      Sampler sampler = new Sampler(new Sampling(0.8, 40, 0.9, 1), 256);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      // The first rounds are interpreted; what counts is the compiled code.
      for (int round = 0; round < 5; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        drawMany(sampler, row);
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(least).isLessThan(2000 * 8);
    }
  }

  private static void drawMany(Sampler sampler, NativeTensor row) {
    for (int i = 0; i < 2000; i++) {
      sampler.sample(row.segment(), 0, ElementType.F32);
    }
  }

  @Test
  void refusesLogitsThatAreNoNumbers() {
    for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> sample(Sampling.greedy(), 0, wrong))
          .isInstanceOf(RetainException.class)
          .hasMessageStartingWith("the logit of token 1 is " + wrong);
    }
    assertThatThrownBy(() -> sample(Sampling.greedy(), Double.NEGATIVE_INFINITY))
        .isInstanceOf(RetainException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "-0.1, 0, 1, the temperature must be 0 (the likeliest token) or a positive number",
    "NaN, 0, 1, the temperature must be",
    "Infinity, 0, 1, the temperature must be",
    "1, -1, 1, top-k must be 0 (all tokens) or a positive number; found -1",
    "1, 0, 0, top-p must be above 0 and at most 1",
    "1, 0, 1.1, top-p must be above 0 and at most 1",
    "1, 0, NaN, top-p must be above 0 and at most 1",
  })
  void refusesOptionsOutOfTheirRange(double temperature, int topK, double topP, String expected) {
    assertThatThrownBy(() -> new Sampling(temperature, topK, topP, 0))
        .isInstanceOf(RetainException.class)
        .hasMessageStartingWith(expected);
  }

  private static int[] sequence(long seed) {
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor row = row(arena, ElementType.F64, LOGITS);
      Sampler sampler = new Sampler(new Sampling(1, 0, 1, seed), 4);
      return IntStream.range(0, 100)
          .map(_ -> sampler.sample(row.segment(), 0, ElementType.F64))
          .toArray();
    }
  }

  private static int sample(Sampling sampling, double... logits) {
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor row = row(arena, ElementType.F64, logits);
      return new Sampler(sampling, logits.length).sample(row.segment(), 0, ElementType.F64);
    }
  }

  private static NativeTensor row(Arena arena, ElementType type, double... logits) {
    NativeTensor row = NativeTensor.allocate(arena, type, logits.length);
    for (int i = 0; i < logits.length; i++) {
      row.setDouble(i, logits[i]);
    }
    return row;
  }
}
