package dev.retain.runtime.training.loop;

import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.TrainingBatch;
import java.util.SequencedMap;

/** A model one of whose gradients is no number in step 13. */
record Faulty(GradientModel model, Recorder recorder, String path) implements GradientModel {
  @Override
  public SequencedMap<String, NativeTensor> parameters() {
    return model.parameters();
  }

  @Override
  public SequencedMap<String, NativeTensor> gradients() {
    return model.gradients();
  }

  @Override
  public void clear() {
    model.clear();
  }

  @Override
  public double accumulate(TrainingBatch batch, double weight, boolean keepState, long seed) {
    double loss = model.accumulate(batch, weight, keepState, seed);
    if (recorder.steps.size() == 12) {
      model.gradients().get(path).setDouble(0, Double.NaN);
    }
    return loss;
  }

  @Override
  public double loss(TrainingBatch batch) {
    return model.loss(batch);
  }

  @Override
  public SequencedMap<String, NativeTensor> states() {
    return model.states();
  }

  @Override
  public void restore(SequencedMap<String, NativeTensor> states, long[] positions) {
    model.restore(states, positions);
  }

  @Override
  public long[] positions() {
    return model.positions();
  }

  @Override
  public void close() {
    model.close();
  }
}
