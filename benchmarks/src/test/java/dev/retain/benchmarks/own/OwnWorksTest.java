package dev.retain.benchmarks.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.benchmarks.library.OpenBlasProduct;
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
    try (DecodingWork work = new DecodingWork(OwnModel.of("3.8M"))) {
      for (int token = 0; token < 300; token++) {
        work.run();
      }
      // `retain check` says: 3,803,392 parameters and 131,088 numbers of state.
      assertThat(work.amount()).isEqualTo((3_803_392 - 255 * 256 + 2 * 131_088) * 4);
    }
  }

  @Test
  void aPromptIsReadFromRestEachTime() {
    try (PrefillWork work = new PrefillWork(OwnModel.of("3.8M"), 100, 64)) {
      work.run();
      work.run();
      assertThat(work.amount()).isEqualTo(100);
    }
  }
}
