package dev.retain.benchmarks.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.benchmarks.library.OpenBlasProduct;
import dev.retain.benchmarks.work.RetNet;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OwnWorksTest {
  @Test
  void aProductIsOne() {
    OpenBlasProduct other = new OpenBlasProduct(64);
    other.run();
    try (ProductWork work = new ProductWork(64)) {
      work.run();
      double[] found = work.sample();
      double[] expected = other.sample();
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).isEqualTo(expected[i], within(1e-4));
      }
    }
  }

  @Test
  void aTokenTakesAllWeightsAndTheStateTwice() {
    try (DecodingWork work = new DecodingWork("3.8M", 1, 1)) {
      for (int token = 0; token < 300; token++) {
        work.run();
      }
      // `retain check` says: 3,803,392 parameters and 131,088 numbers of state.
      assertThat(work.amount()).isEqualTo((3_803_392 - 255 * 256 + 2 * 131_088) * 4);
    }
  }

  @Test
  void sequencesThatAreReadTogetherTakeTheWeightsOnce() {
    try (DecodingWork together = new DecodingWork("3.8M", 4, 4);
        DecodingWork apart = new DecodingWork("3.8M", 4, 1)) {
      together.run();
      apart.run();
      double weights = (3_803_392 - 255 * 256) * 4.0;
      double states = 2 * 131_088 * 4.0;
      assertThat(together.amount()).isEqualTo(weights + 4 * states);
      assertThat(apart.amount()).isEqualTo(4 * (weights + states));
      assertClose(together.sample(), apart.sample(), 1e-5);
    }
  }

  @Test
  void aPromptIsReadFromRestEachTime() {
    try (PrefillWork work = new PrefillWork("3.8M", RetNet.FIRST, 64);
        DecodingWork decoding = new DecodingWork("3.8M", 1, 1)) {
      work.run();
      work.run();
      assertThat(work.amount()).isEqualTo(RetNet.FIRST);
      double[] found = work.sample();
      // The last sample is the last logit of the last token.
      double[] afterLast = decoding.sample();
      assertThat(found[found.length - 1]).isEqualTo(afterLast[afterLast.length - 1], within(1e-4));
    }
  }

  @Test
  void aLaterTokenHasAStateThatIsNoLarger() {
    try (LaterTokenWork early = new LaterTokenWork("3.8M", 1);
        LaterTokenWork late = new LaterTokenWork("3.8M", 200)) {
      early.run();
      late.run();
      assertThat(late.amount()).isEqualTo(early.amount()).isEqualTo(131_088 * 4);
    }
  }

  @Test
  void gradientsDoNotDependOnChunksOrEarlierRuns() {
    try (TrainingWork whole = new TrainingWork("3.8M", 2, 64, 64);
        TrainingWork parts = new TrainingWork("3.8M", 2, 64, 32)) {
      whole.run();
      parts.run();
      parts.run();
      assertThat(whole.amount()).isEqualTo(128);
      double[] expected = whole.sample();
      assertThat(Arrays.stream(expected).map(Math::abs).max().orElse(0)).isGreaterThan(1e-3);
      assertClose(parts.sample(), expected, 1e-4);
    }
  }

  private static void assertClose(double[] found, double[] expected, double relative) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isEqualTo(expected[i], within(relative * largest));
    }
  }
}
