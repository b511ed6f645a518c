package dev.retain.benchmarks.work;

import java.util.Arrays;
import java.util.List;

/** A contestant's way to do a task. */
public interface Work extends AutoCloseable {
  /** Does it once. */
  void run() throws Exception;

  /**
   * A few numbers of the result of the last run, by which contestants are held against each other;
   * none if there is nobody to compare with.
   */
  default double[] sample() throws Exception {
    return new double[0];
  }

  /** How much of what counts was done by one run, such as bytes; 0 if nothing is counted. */
  default double amount() {
    return 0;
  }

  @Override
  default void close() {}

  /** Where samples are taken from a result of so many numbers: at equal distances. */
  static int[] places(int numbers) {
    int count = Math.min(numbers, 64);
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = (int) ((long) i * (numbers - 1) / Math.max(1, count - 1));
    }
    return places;
  }

  /** Those of several results, one after the other. */
  static double[] samples(List<float[]> results) {
    return results.stream().map(Work::samples).flatMapToDouble(Arrays::stream).toArray();
  }

  /** Those of a result. */
  static double[] samples(float[] result) {
    int[] places = places(result.length);
    double[] samples = new double[places.length];
    for (int i = 0; i < places.length; i++) {
      samples[i] = result[places[i]];
    }
    return samples;
  }
}
