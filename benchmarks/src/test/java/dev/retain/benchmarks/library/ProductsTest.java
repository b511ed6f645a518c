package dev.retain.benchmarks.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Work;
import org.junit.jupiter.api.Test;

class ProductsTest {
  private static final int SIZE = 37;

  @Test
  void openBlasMultiplies() throws Exception {
    check(new OpenBlasProduct(SIZE));
  }

  @Test
  void nd4jMultiplies() throws Exception {
    check(new Nd4jProduct(SIZE));
  }

  private static void check(Work work) throws Exception {
    float[] left = CoreInputs.matrix(SIZE, 1);
    float[] right = CoreInputs.matrix(SIZE, 2);
    float[] expected = new float[SIZE * SIZE];
    for (int i = 0; i < expected.length; i++) {
      double sum = 0;
      for (int k = 0; k < SIZE; k++) {
        sum += left[i / SIZE * SIZE + k] * right[k * SIZE + i % SIZE];
      }
      expected[i] = (float) sum;
    }
    work.run();
    double[] samples = Work.samples(expected);
    double[] found = work.sample();
    assertThat(found).hasSameSizeAs(samples);
    for (int i = 0; i < samples.length; i++) {
      assertThat(found[i]).isEqualTo(samples[i], within(1e-4));
    }
  }
}
