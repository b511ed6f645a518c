package dev.retain.runtime.generation;

import dev.retain.runtime.RetainException;

/**
 * How tokens are chosen.
 *
 * @param temperature divides the logits; 0 always takes the likeliest token
 * @param topK only so many of the likeliest tokens are kept; 0 keeps all
 * @param topP of those, only the likeliest are kept that together reach this probability; 1 keeps
 *     all
 * @param seed the same seed and logits give the same tokens
 * @throws RetainException if a value is out of its range
 */
public record Sampling(double temperature, int topK, double topP, long seed) {
  public Sampling {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new RetainException(
          "the temperature must be 0 (the likeliest token) or a positive number, for example 0.8;"
              + " found "
              + temperature);
    }
    if (topK < 0) {
      throw new RetainException("top-k must be 0 (all tokens) or a positive number; found " + topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new RetainException(
          "top-p must be above 0 and at most 1 (all tokens), for example 0.9; found " + topP);
    }
  }

  /** Always the likeliest token. */
  public static Sampling greedy() {
    return new Sampling(0, 0, 1, 0);
  }
}
