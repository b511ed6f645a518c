package dev.retain.cli.train;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.TrainingBatch;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The model of {@code bigram.ret}, with gradients by hand. */
final class BigramModel implements GradientModel {
  private final int vocabulary;
  private final int width;
  private final SequencedMap<String, NativeTensor> parameters = new LinkedHashMap<>();
  private final SequencedMap<String, NativeTensor> gradients = new LinkedHashMap<>();

  BigramModel(GradientModels.Request request) {
    this.vocabulary = Integer.parseInt(request.settings().get("vocab"));
    this.width = Integer.parseInt(request.settings().get("d"));
    for (SequencedMap<String, NativeTensor> tensors : List.of(parameters, gradients)) {
      tensors.put("embed.weight", allocate(request.real(), vocabulary, width));
      tensors.put("readout.weight", allocate(request.real(), width, vocabulary));
    }
  }

  private static NativeTensor allocate(ElementType type, long... shape) {
    return NativeTensor.allocate(Arena.ofAuto(), type, shape);
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
  public double accumulate(TrainingBatch batch, double weight, boolean keepState, long seed) {
    double loss = 0;
    for (int row = 0; row < batch.tokens().length; row++) {
      for (int step = 0; step < batch.tokens()[row].length; step++) {
        int target = batch.targets()[row][step];
        if (target != TrainingBatch.NONE) {
          loss += target(batch.tokens()[row][step], target, weight);
        }
      }
    }
    return loss;
  }

  private double target(int token, int target, double weight) {
    NativeTensor embed = parameters.get("embed.weight");
    NativeTensor readout = parameters.get("readout.weight");
    double[] logits = new double[vocabulary];
    double largest = Double.NEGATIVE_INFINITY;
    for (int out = 0; out < vocabulary; out++) {
      for (int i = 0; i < width; i++) {
        logits[out] += embed.getDouble(token * width + i) * readout.getDouble(i * vocabulary + out);
      }
      largest = Math.max(largest, logits[out]);
    }
    double total = 0;
    for (double logit : logits) {
      total += StrictMath.exp(logit - largest);
    }
    for (int out = 0; out < vocabulary && weight != 0; out++) {
      double chance = StrictMath.exp(logits[out] - largest) / total;
      double slope = weight * (chance - (out == target ? 1 : 0));
      for (int i = 0; i < width; i++) {
        add("readout.weight", i * vocabulary + out, slope * embed.getDouble(token * width + i));
        add("embed.weight", token * width + i, slope * readout.getDouble(i * vocabulary + out));
      }
    }
    return StrictMath.log(total) - (logits[target] - largest);
  }

  private void add(String path, int index, double value) {
    NativeTensor gradient = gradients.get(path);
    gradient.setDouble(index, gradient.getDouble(index) + value);
  }

  @Override
  public double loss(TrainingBatch batch) {
    return accumulate(batch, 0, false, 0);
  }

  @Override
  public SequencedMap<String, NativeTensor> states() {
    return new LinkedHashMap<>();
  }

  @Override
  public void restore(SequencedMap<String, NativeTensor> states, long[] positions) {}

  @Override
  public long[] positions() {
    return new long[0];
  }

  @Override
  public void close() {}
}
