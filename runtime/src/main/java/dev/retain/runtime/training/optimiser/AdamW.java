package dev.retain.runtime.training.optimiser;

import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.optimiser.Elements.Block;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019). Moments are kept in the type of
 * their parameter; what is between is computed in float64, element by element, so that no result
 * depends on the number of threads.
 */
public final class AdamW {
  /**
   * What stays the same in all steps.
   *
   * @param beta1 how much of the mean of the gradients stays at each step
   * @param beta2 how much of the mean of their squares stays
   * @param epsilon added to the root of the mean square
   * @param weightDecay times the learning rate, the part of a weight that is lost at each step
   */
  public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {
    public Settings {
      if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon >= 0)
          || !(weightDecay >= 0)) {
        throw new IllegalArgumentException(
            "no optimiser: " + List.of(beta1, beta2, epsilon, weightDecay));
      }
    }
  }

  private final Settings settings;
  private final List<NativeTensor> weights;
  private final List<NativeTensor> gradients;
  private final boolean[] decays;
  private final SequencedMap<String, NativeTensor> first;
  private final SequencedMap<String, NativeTensor> second;
  private final List<Block> blocks;

  /**
   * An optimiser before its first step.
   *
   * @param decayed the parameters that weight decay is for; see {@link #matrices}
   */
  public AdamW(GradientModel model, Set<String> decayed, Settings settings) {
    this.settings = settings;
    SequencedMap<String, NativeTensor> parameters = model.parameters();
    this.weights = List.copyOf(parameters.values());
    this.gradients = parameters.keySet().stream().map(model.gradients()::get).toList();
    this.decays = new boolean[weights.size()];
    int index = 0;
    for (String path : parameters.keySet()) {
      decays[index++] = decayed.contains(path);
    }
    this.first = zeros(parameters);
    this.second = zeros(parameters);
    this.blocks = Elements.blocks(weights);
  }

  /** The parameters of two or more axes: all but norms, biases and other vectors. */
  public static Set<String> matrices(Map<String, NativeTensor> parameters) {
    return parameters.entrySet().stream()
        .filter(entry -> entry.getValue().shape().length >= 2)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static SequencedMap<String, NativeTensor> zeros(
      SequencedMap<String, NativeTensor> parameters) {
    SequencedMap<String, NativeTensor> zeros = new LinkedHashMap<>();
    parameters.forEach((path, parameter) ->
        zeros.put(
            path, NativeTensor.allocate(Arena.ofAuto(), parameter.type(), parameter.shape())));
    return Collections.unmodifiableSequencedMap(zeros);
  }

  /** The running means of the gradients by path; may be written to resume a run. */
  public SequencedMap<String, NativeTensor> firstMoments() {
    return first;
  }

  /** The running means of their squares by path; may be written to resume a run. */
  public SequencedMap<String, NativeTensor> secondMoments() {
    return second;
  }

  /**
   * Changes all weights by their gradients.
   *
   * @param update how many updates were made before this one
   * @param learningRate of this update
   * @param scale what gradients are multiplied with first, as clipping demands
   */
  public void update(long update, double learningRate, double scale) {
    List<NativeTensor> firsts = List.copyOf(first.values());
    List<NativeTensor> seconds = List.copyOf(second.values());
    Rule rule = new Rule(settings, update, learningRate, scale);
    Elements.forEach(
        blocks.size(),
        () -> {
          double[] weight = new double[Elements.LONGEST];
          double[] gradient = new double[Elements.LONGEST];
          double[] mean = new double[Elements.LONGEST];
          double[] square = new double[Elements.LONGEST];
          return index -> {
            Block block = blocks.get(index);
            int tensor = block.tensor();
            Elements.read(weights.get(tensor), block, weight);
            Elements.read(gradients.get(tensor), block, gradient);
            Elements.read(firsts.get(tensor), block, mean);
            Elements.read(seconds.get(tensor), block, square);
            rule.apply(weight, gradient, mean, square, block.count(), decays[tensor]);
            Elements.write(weight, weights.get(tensor), block);
            Elements.write(mean, firsts.get(tensor), block);
            Elements.write(square, seconds.get(tensor), block);
          };
        });
  }

  /** The numbers of one update, and what it does to an element. */
  private record Rule(
      double beta1,
      double beta2,
      double epsilon,
      double kept,
      double rate,
      double squareFactor,
      double scale) {
    Rule(Settings settings, long update, double learningRate, double scale) {
      this(
          settings.beta1(),
          settings.beta2(),
          settings.epsilon(),
          1 - learningRate * settings.weightDecay(),
          // The means begin at 0, and so are too small at first.
          learningRate / (1 - StrictMath.pow(settings.beta1(), update + 1)),
          1 / (1 - StrictMath.pow(settings.beta2(), update + 1)),
          scale);
    }

    void apply(
        double[] weight,
        double[] gradient,
        double[] mean,
        double[] square,
        int count,
        boolean decays) {
      double stays = decays ? kept : 1;
      for (int i = 0; i < count; i++) {
        double g = scale * gradient[i];
        mean[i] = beta1 * mean[i] + (1 - beta1) * g;
        square[i] = beta2 * square[i] + (1 - beta2) * g * g;
        weight[i] =
            stays * weight[i] - rate * mean[i] / (Math.sqrt(square[i] * squareFactor) + epsilon);
      }
    }
  }
}
