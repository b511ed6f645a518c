package dev.retain.runtime.training.optimiser;

import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.optimiser.Elements.Block;
import java.lang.foreign.Arena;
import java.util.Arrays;
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

  private final List<NativeTensor> weights;
  private final List<NativeTensor> gradients;
  private final boolean[] decays;
  private final SequencedMap<String, NativeTensor> first;
  private final SequencedMap<String, NativeTensor> second;
  private final List<NativeTensor> firsts;
  private final List<NativeTensor> seconds;
  private final Block[] blocks;
  private final double[] sums;
  private final Worker[] workers;
  private final Runnable measuring;
  private final Runnable updating;
  private final Rule rule;

  /**
   * An optimiser before its first step.
   *
   * @param decayed the parameters that weight decay is for; see {@link #matrices}
   * @param engine whose workers share the elements
   */
  public AdamW(GradientModel model, Set<String> decayed, Settings settings, Engine engine) {
    this.rule = new Rule(settings);
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
    this.firsts = List.copyOf(first.values());
    this.seconds = List.copyOf(second.values());
    this.blocks = Elements.blocks(weights).toArray(Block[]::new);
    this.sums = new double[blocks.length];
    this.workers = new Worker[engine.workers()];
    Arrays.setAll(workers, _ -> new Worker());
    this.measuring = engine.onAllWorkers(this::measure);
    this.updating = engine.onAllWorkers(this::update);
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

  /** The Euclidean norm of all gradients; summed in float64 in a fixed order. */
  public double norm() {
    measuring.run();
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return Math.sqrt(sum);
  }

  private void measure(int share) {
    Worker worker = workers[share];
    for (int index = share; index < blocks.length; index += workers.length) {
      Block block = blocks[index];
      worker.elements.read(gradients.get(block.tensor()), block, worker.gradient);
      sums[index] = squares(worker.gradient, block.count());
    }
  }

  /** Several sums side by side, since each addition waits for the one before. */
  private static double squares(double[] values, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      a += values[i] * values[i];
      b += values[i + 1] * values[i + 1];
      c += values[i + 2] * values[i + 2];
      d += values[i + 3] * values[i + 3];
    }
    for (; i < count; i++) {
      a += values[i] * values[i];
    }
    return (a + b) + (c + d);
  }

  /**
   * Changes all weights by their gradients.
   *
   * @param update how many updates were made before this one
   * @param learningRate of this update
   * @param scale what gradients are multiplied with first, as clipping demands
   */
  public void update(long update, double learningRate, double scale) {
    rule.set(update, learningRate, scale);
    updating.run();
  }

  private void update(int share) {
    Worker worker = workers[share];
    for (int index = share; index < blocks.length; index += workers.length) {
      Block block = blocks[index];
      int tensor = block.tensor();
      worker.elements.read(weights.get(tensor), block, worker.weight);
      worker.elements.read(gradients.get(tensor), block, worker.gradient);
      worker.elements.read(firsts.get(tensor), block, worker.mean);
      worker.elements.read(seconds.get(tensor), block, worker.square);
      rule.apply(worker, block.count(), decays[tensor]);
      worker.elements.write(worker.weight, weights.get(tensor), block);
      worker.elements.write(worker.mean, firsts.get(tensor), block);
      worker.elements.write(worker.square, seconds.get(tensor), block);
    }
  }

  /** What a worker computes with: kept, so that steps take no memory. */
  private static final class Worker {
    private final Elements elements = new Elements();
    private final double[] weight = new double[Elements.LONGEST];
    private final double[] gradient = new double[Elements.LONGEST];
    private final double[] mean = new double[Elements.LONGEST];
    private final double[] square = new double[Elements.LONGEST];
  }

  /** The numbers of an update, and what it does to an element. */
  private static final class Rule {
    private final Settings settings;
    private double kept;
    private double rate;
    private double squareFactor;
    private double scale;

    Rule(Settings settings) {
      this.settings = settings;
    }

    void set(long update, double learningRate, double newScale) {
      kept = 1 - learningRate * settings.weightDecay();
      // The means begin at 0, and so are too small at first.
      rate = learningRate / (1 - power(settings.beta1(), update + 1));
      squareFactor = 1 / (1 - power(settings.beta2(), update + 1));
      scale = newScale;
    }

    /** By squaring: StrictMath's power takes memory. */
    private static double power(double base, long exponent) {
      double power = 1;
      double square = base;
      for (long rest = exponent; rest > 0; rest >>= 1) {
        power = (rest & 1) == 1 ? power * square : power;
        square *= square;
      }
      return power;
    }

    void apply(Worker worker, int count, boolean decays) {
      double[] weight = worker.weight;
      double[] gradient = worker.gradient;
      double[] mean = worker.mean;
      double[] square = worker.square;
      // In locals, as the JVM's compiler cannot know that the arrays are none of this.
      double beta1 = settings.beta1();
      double beta2 = settings.beta2();
      double epsilon = settings.epsilon();
      double stays = decays ? kept : 1;
      double step = rate;
      double factor = squareFactor;
      double clipped = scale;
      for (int i = 0; i < count; i++) {
        double g = clipped * gradient[i];
        mean[i] = beta1 * mean[i] + (1 - beta1) * g;
        square[i] = beta2 * square[i] + (1 - beta2) * g * g;
        weight[i] = stays * weight[i] - step * mean[i] / (Math.sqrt(square[i] * factor) + epsilon);
      }
    }
  }
}
