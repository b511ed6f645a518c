package dev.retain.runtime;

import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Initial;
import dev.retain.runtime.program.ParameterDescription;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Draws the values of parameters. Each has a generator of its own, from the seed and its path, so
 * that its values depend on no other parameter and on no order. In both types they are the same but
 * for rounding.
 */
public final class Initialiser {
  private static final RandomGeneratorFactory<RandomGenerator> GENERATORS =
      RandomGeneratorFactory.of("L64X128MixRandom");

  // FNV-1a, of 64 bits.
  private static final long HASH_START = 0xcbf29ce484222325L;
  private static final long HASH_FACTOR = 0x100000001b3L;

  private Initialiser() {}

  /**
   * Sets all elements of a parameter.
   *
   * @param target of the parameter's shape, F32 or F64
   */
  public static void fill(NativeTensor target, ParameterDescription parameter, long seed) {
    RandomGenerator random = GENERATORS.create(seedOf(parameter.path(), seed));
    switch (parameter.initial()) {
      case Initial.Fill(double value) -> target.fill(value);
      case Initial.Uniform(double bound) -> {
        for (long i = 0; i < target.size(); i++) {
          target.setDouble(i, bound * (2 * random.nextDouble() - 1));
        }
      }
      case Initial.Normal(double deviation) -> {
        for (long i = 0; i < target.size(); i++) {
          target.setDouble(i, deviation * random.nextGaussian());
        }
      }
      case Initial.Listed(List<Double> values) -> {
        for (int i = 0; i < values.size(); i++) {
          target.setDouble(i, values.get(i));
        }
      }
    }
  }

  private static long seedOf(String path, long seed) {
    long hash = HASH_START;
    for (byte letter : path.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (letter & 0xff)) * HASH_FACTOR;
    }
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      hash = (hash ^ ((seed >>> shift) & 0xff)) * HASH_FACTOR;
    }
    return hash;
  }
}
