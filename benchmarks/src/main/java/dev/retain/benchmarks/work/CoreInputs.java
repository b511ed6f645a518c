package dev.retain.benchmarks.work;

import java.util.SplittableRandom;

/**
 * What a retention core reads: the same numbers for every contestant.
 *
 * @param query [steps, head, key]
 * @param key [steps, head, key], each of length 1
 * @param value [steps, head, value]
 * @param logDecay [steps, head]
 * @param beta [steps, head], between 0 and 1
 */
public record CoreInputs(
    Rule rule,
    int steps,
    float[] query,
    float[] key,
    float[] value,
    float[] logDecay,
    float[] beta) {
  public static final int HEADS = 8;
  public static final int KEY = 64;
  public static final int VALUE = 128;

  /** What queries are multiplied by. */
  public static final double SCALE = 1 / Math.sqrt(KEY);

  public static CoreInputs of(Rule rule, int steps) {
    SplittableRandom random = new SplittableRandom(steps);
    float[] query = numbers(random, steps * HEADS * KEY);
    float[] key = numbers(random, steps * HEADS * KEY);
    for (int row = 0; row < key.length; row += KEY) {
      double square = 0;
      for (int i = row; i < row + KEY; i++) {
        square += key[i] * key[i];
      }
      for (int i = row; i < row + KEY; i++) {
        key[i] /= (float) Math.sqrt(square);
      }
    }
    float[] value = numbers(random, steps * HEADS * VALUE);
    float[] logDecay = new float[steps * HEADS];
    float[] beta = new float[steps * HEADS];
    for (int i = 0; i < logDecay.length; i++) {
      double varied = rule == Rule.GAMMA ? gamma(i % HEADS) : 0.9 + 0.1 * random.nextDouble();
      logDecay[i] = (float) Math.log(varied);
      beta[i] = (float) random.nextDouble();
    }
    return new CoreInputs(rule, steps, query, key, value, logDecay, beta);
  }

  /** The decay of a head where it does not differ from step to step (Sun et al. 2023). */
  public static double gamma(int head) {
    return 1 - Math.pow(2, -5 - head);
  }

  /** What flows back to the output where gradients are asked for: [steps, head, value]. */
  public float[] flowing() {
    return numbers(new SplittableRandom(-steps), steps * HEADS * VALUE);
  }

  /** Numbers between -1 and 1. */
  public static float[] numbers(SplittableRandom random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (2 * random.nextDouble() - 1);
    }
    return numbers;
  }

  /** A square matrix, the same for every contestant. */
  public static float[] matrix(int size, int seed) {
    return numbers(new SplittableRandom(seed), size * size);
  }
}
