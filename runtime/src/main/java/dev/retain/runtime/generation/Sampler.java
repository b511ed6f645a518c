package dev.retain.runtime.generation;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Chooses tokens from logits: temperature, then top-k, then top-p, then chance. It allocates
 * nothing per token, and has the state of one random generator, so that it belongs to one sequence
 * and one thread.
 */
public final class Sampler {
  private final Sampling sampling;
  private final RandomGenerator random;
  private final double[] weights;
  private final Candidates candidates;

  /**
   * @param vocabularySize logits in a row
   */
  public Sampler(Sampling sampling, int vocabularySize) {
    this.sampling = sampling;
    this.random =
        RandomGeneratorFactory.<RandomGenerator>of("L64X128MixRandom").create(sampling.seed());
    this.weights = new double[vocabularySize];
    this.candidates = new Candidates(weights);
  }

  /**
   * The next token.
   *
   * @param logits memory that holds a row of them
   * @param offset byte at which the row begins, a multiple of the element's size
   * @param type F32 or F64
   * @return an id below the vocabulary's size; among equal logits the smallest is the likeliest
   * @throws RetainException if a logit is no number or plus infinity; minus infinity is a token
   *     that is never chosen
   */
  public int sample(MemorySegment logits, long offset, ElementType type) {
    int likeliest = load(logits, offset, type);
    if (sampling.temperature() == 0) {
      return likeliest;
    }
    double largest = weights[likeliest];
    for (int i = 0; i < weights.length; i++) {
      // StrictMath, since the bits of Math.exp differ from machine to machine.
      weights[i] = StrictMath.exp((weights[i] - largest) / sampling.temperature());
    }
    int limit = sampling.topK() == 0 ? weights.length : Math.min(sampling.topK(), weights.length);
    return limit == weights.length && sampling.topP() == 1 ? sampleAll() : sampleLikeliest(limit);
  }

  private int load(MemorySegment logits, long offset, ElementType type) {
    int likeliest = 0;
    for (int i = 0; i < weights.length; i++) {
      double logit =
          switch (type) {
            case F32 -> logits.get(ValueLayout.JAVA_FLOAT, offset + 4L * i);
            case F64 -> logits.get(ValueLayout.JAVA_DOUBLE, offset + 8L * i);
            case I64, BF16, I8 ->
                throw new IllegalArgumentException("logits are F32 or F64, not " + type);
          };
      if (!(logit < Double.POSITIVE_INFINITY)) {
        throw notFinite(i, logit);
      }
      weights[i] = logit;
      if (logit > weights[likeliest]) {
        likeliest = i;
      }
    }
    if (weights[likeliest] == Double.NEGATIVE_INFINITY) {
      throw notFinite(likeliest, weights[likeliest]);
    }
    return likeliest;
  }

  private int sampleAll() {
    double left = random.nextDouble() * sum();
    int chosen = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        chosen = i;
        left -= weights[i];
        if (left < 0) {
          break;
        }
      }
    }
    return chosen;
  }

  private int sampleLikeliest(int limit) {
    candidates.reset();
    double enough = sampling.topP() * (limit == weights.length ? sum() : sumOfLikeliest(limit));
    double weight = 0;
    int kept = 0;
    do {
      weight += weightOf(kept++);
    } while (kept < limit && weight < enough && weightOf(kept) > 0);
    double left = random.nextDouble() * weight - weightOf(0);
    int rank = 0;
    while (left >= 0 && rank < kept - 1) {
      rank++;
      left -= weightOf(rank);
    }
    return candidates.likeliest(rank);
  }

  private double weightOf(int rank) {
    return weights[candidates.likeliest(rank)];
  }

  private double sumOfLikeliest(int limit) {
    double sum = 0;
    for (int rank = 0; rank < limit; rank++) {
      sum += weightOf(rank);
    }
    return sum;
  }

  private double sum() {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    return sum;
  }

  private static RetainException notFinite(int token, double logit) {
    return new RetainException(
        "the logit of token "
            + token
            + " is "
            + logit
            + ": the model's weights are not usable; check them, or compile with --dtype f64");
  }
}
