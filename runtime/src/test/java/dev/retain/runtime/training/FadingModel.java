package dev.retain.runtime.training;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A small model with gradients by hand: what was read fades by half at each step, h' = h / 2 +
 * one-hot(token), and logits are h' @ table + bias. Nothing is learned through the state, so that
 * truncated back-propagation is exact.
 */
public final class FadingModel implements GradientModel {
  private static final double DROPPED = 0.1;

  private final int vocabulary;
  private final int batch;
  private final boolean dropout;
  private final SequencedMap<String, NativeTensor> parameters = new LinkedHashMap<>();
  private final SequencedMap<String, NativeTensor> gradients = new LinkedHashMap<>();
  private final double[][] state;
  private final long[] positions;

  public FadingModel(int vocabulary, int batch, ElementType type, boolean dropout) {
    this.vocabulary = vocabulary;
    this.batch = batch;
    this.dropout = dropout;
    this.state = new double[batch][vocabulary];
    this.positions = new long[batch];
    for (SequencedMap<String, NativeTensor> tensors : List.of(parameters, gradients)) {
      tensors.put("table", NativeTensor.allocate(Arena.ofAuto(), type, vocabulary, vocabulary));
      tensors.put("bias", NativeTensor.allocate(Arena.ofAuto(), type, vocabulary));
    }
    for (int i = 0; i < vocabulary * vocabulary; i++) {
      parameters.get("table").setDouble(i, 0.1 * StrictMath.sin(i));
    }
  }

  @Override
  public SequencedMap<String, NativeTensor> parameters() {
    return parameters;
  }

  @Override
  public SequencedMap<String, NativeTensor> gradients() {
    return gradients;
  }

  @Override
  public void clear() {
    gradients.values().forEach(gradient -> gradient.fill(0));
  }

  @Override
  public double accumulate(TrainingBatch given, double weight, boolean keepState, long seed) {
    if (!keepState) {
      rest(state);
      Arrays.fill(positions, 0);
    }
    double loss = 0;
    for (int row = 0; row < batch; row++) {
      loss += row(given, row, state[row], weight, seed);
      positions[row] += given.tokens()[row].length;
    }
    return loss;
  }

  @Override
  public double loss(TrainingBatch given) {
    double loss = 0;
    for (int row = 0; row < given.tokens().length; row++) {
      loss += row(given, row, new double[vocabulary], 0, 0);
    }
    return loss;
  }

  private static void rest(double[][] states) {
    for (double[] one : states) {
      Arrays.fill(one, 0);
    }
  }

  private double row(TrainingBatch given, int row, double[] h, double weight, long seed) {
    double loss = 0;
    for (int step = 0; step < given.tokens()[row].length; step++) {
      boolean reset = given.resets().isPresent() && given.resets().get()[row][step];
      for (int i = 0; i < vocabulary; i++) {
        h[i] = reset ? 0 : h[i] / 2;
      }
      h[given.tokens()[row][step]] += 1;
      int target = given.targets()[row][step];
      if (target != TrainingBatch.NONE) {
        loss += target(kept(h, weight, row, step, seed), target, weight);
      }
    }
    return loss;
  }

  private double[] kept(double[] h, double weight, int row, int step, long seed) {
    double[] kept = h.clone();
    for (int i = 0; i < vocabulary && dropout && weight != 0; i++) {
      double chance = (Mixing.mix(Mixing.mix(seed, row, step), i) >>> 11) * 0x1p-53;
      kept[i] = chance < DROPPED ? 0 : h[i] / (1 - DROPPED);
    }
    return kept;
  }

  private double target(double[] h, int target, double weight) {
    NativeTensor table = parameters.get("table");
    NativeTensor bias = parameters.get("bias");
    double[] logits = new double[vocabulary];
    double largest = Double.NEGATIVE_INFINITY;
    for (int out = 0; out < vocabulary; out++) {
      double sum = bias.getDouble(out);
      for (int in = 0; in < vocabulary; in++) {
        sum += h[in] * table.getDouble((long) in * vocabulary + out);
      }
      logits[out] = sum;
      largest = Math.max(largest, sum);
    }
    double total = 0;
    for (double logit : logits) {
      total += StrictMath.exp(logit - largest);
    }
    for (int out = 0; out < vocabulary && weight != 0; out++) {
      double slope =
          weight * (StrictMath.exp(logits[out] - largest) / total - (out == target ? 1 : 0));
      add(gradients.get("bias"), out, slope);
      for (int in = 0; in < vocabulary; in++) {
        add(gradients.get("table"), (long) in * vocabulary + out, slope * h[in]);
      }
    }
    return StrictMath.log(total) - (logits[target] - largest);
  }

  private static void add(NativeTensor tensor, long index, double value) {
    tensor.setDouble(index, tensor.getDouble(index) + value);
  }

  @Override
  public SequencedMap<String, NativeTensor> states() {
    NativeTensor h = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, batch, vocabulary);
    for (int i = 0; i < h.size(); i++) {
      h.setDouble(i, state[i / vocabulary][i % vocabulary]);
    }
    return new LinkedHashMap<>(Map.of("h", h));
  }

  @Override
  public void restore(SequencedMap<String, NativeTensor> states, long[] given) {
    for (int i = 0; i < batch * vocabulary; i++) {
      state[i / vocabulary][i % vocabulary] = states.get("h").getDouble(i);
    }
    System.arraycopy(given, 0, positions, 0, batch);
  }

  @Override
  public long[] positions() {
    return positions.clone();
  }

  @Override
  public void close() {}
}
