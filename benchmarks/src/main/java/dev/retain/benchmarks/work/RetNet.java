package dev.retain.benchmarks.work;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * RetNet (Sun et al. 2023) in sizes that have names, as {@code models/retnet.ret} defines it: what
 * contestants need to know to build it, with the same weights for all of them.
 *
 * @param width of what goes from layer to layer
 * @param value numbers that all heads read together
 * @param hidden of the feed-forward networks
 */
public record RetNet(int width, int value, int hidden, int heads, int layers, int vocabulary) {
  /** What stands inside the roots of norms. */
  public static final double EPSILON = 1e-6;

  /** So many tokens are decoded when contestants are compared. */
  public static final int FIRST = 64;

  private static final int BYTES = 256;
  private static final double SLOWEST_ANGLE = 1e-4;

  // Of each head, key and value: it fades, a product is added, and another is read.
  private static final int OPERATIONS_OF_A_STEP = 5;
  private static final int MULTIPLY_AND_ADD = 2;

  // Forward, back to what was multiplied, and back to what it was multiplied with.
  private static final int PASSES = 3;

  /**
   * @param name a size, behind which may stand what the weights are stored as: {@code 204M, int8}
   */
  public static RetNet of(String name) {
    String size = name.split(", ")[0];
    return switch (size) {
      case "3.8M" -> new RetNet(256, 512, 512, 4, 4, BYTES);
      case "19.3M" -> new RetNet(512, 864, 864, 4, 6, BYTES);
      case "204M" -> new RetNet(1024, 1728, 1728, 4, 16, BYTES);
      default -> throw new IllegalArgumentException("no size: " + size);
    };
  }

  /** Keys of a head. */
  public int key() {
    return width / heads;
  }

  /** Values of a head. */
  public int valueOfHead() {
    return value / heads;
  }

  /** What a head's state is multiplied by at each step. */
  public double gamma(int head) {
    return CoreInputs.gamma(head);
  }

  /** By which a pair of a head's keys is turned at each step. */
  public double theta(int pair) {
    return Math.pow(SLOWEST_ANGLE, (double) pair / Math.max(1, key() / 2 - 1));
  }

  /**
   * A learned tensor.
   *
   * @param path as Retain names it
   * @param centre of its values, which are at most {@code bound} away
   */
  public record Parameter(String path, List<Integer> shape, double centre, double bound) {
    public int size() {
      return shape.stream().reduce(1, (a, b) -> a * b);
    }

    /** The same numbers for whoever asks. */
    public float[] values() {
      SplittableRandom random = new SplittableRandom(path.hashCode());
      float[] values = CoreInputs.numbers(random, size());
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (centre + bound * values[i]);
      }
      return values;
    }
  }

  /** All, in their order. */
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    all.add(matrix("embed.weight", width, vocabulary, width));
    for (int layer = 0; layer < layers; layer++) {
      addLayer(all, "block." + layer + ".");
    }
    all.add(norm("final_norm.weight"));
    all.add(matrix("readout.weight", width, width, vocabulary));
    return all;
  }

  private void addLayer(List<Parameter> all, String block) {
    all.add(norm(block + "retention_norm.weight"));
    all.add(matrix(block + "retention.Wq", width, width, heads, key()));
    all.add(matrix(block + "retention.Wk", width, width, heads, key()));
    all.add(large(matrix(block + "retention.Wv", width, width, heads, valueOfHead())));
    all.add(matrix(block + "retention.Wg", width, width, heads, valueOfHead()));
    all.add(matrix(block + "retention.Wo", value, heads, valueOfHead(), width));
    all.add(norm(block + "feed_norm.weight"));
    all.add(matrix(block + "feed.fc1.weight", width, width, hidden));
    all.add(matrix(block + "feed.gate.weight", width, width, hidden));
    all.add(matrix(block + "feed.fc2.weight", hidden, hidden, width));
  }

  private Parameter norm(String path) {
    return new Parameter(path, List.of(width), 1, 0.5);
  }

  /** Products with what has a variance of 1 have one again. */
  private static Parameter matrix(String path, int summed, Integer... shape) {
    return new Parameter(path, List.of(shape), 0, Math.sqrt(3.0 / summed));
  }

  /**
   * Four times as large: torchscale makes the outputs of heads small before it takes their norm,
   * and then what stands inside the root would count.
   */
  private static Parameter large(Parameter parameter) {
    return new Parameter(
        parameter.path(), parameter.shape(), parameter.centre(), 4 * parameter.bound());
  }

  /** The tokens of a row of a batch. */
  public int[] tokens(int row, int count) {
    int[] tokens = new int[count];
    SplittableRandom random = new SplittableRandom(row);
    for (int i = 0; i < count; i++) {
      tokens[i] = random.nextInt(vocabulary);
    }
    return tokens;
  }

  /**
   * Multiplications and additions that a token of a training step takes: 2 for each weight that it
   * is multiplied with and what retention takes in its recurrent form, each three times.
   */
  double trainingOperations() {
    double multiplied =
        parameters().stream()
            .filter(parameter -> parameter.shape().size() > 1)
            .filter(parameter -> !parameter.path().startsWith("embed"))
            .mapToDouble(Parameter::size)
            .sum();
    double retention = (double) layers * heads * key() * valueOfHead() * OPERATIONS_OF_A_STEP;
    return PASSES * (MULTIPLY_AND_ADD * multiplied + retention);
  }
}
