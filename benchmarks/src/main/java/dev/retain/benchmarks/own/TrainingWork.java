package dev.retain.benchmarks.own;

import dev.retain.benchmarks.work.RetNet;
import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** The gradients of a batch; what an optimiser does with them comes on top. */
final class TrainingWork implements Work {
  private final BlockGradientModel model;
  private final RetNet size;
  private final TrainingBatch batch;

  TrainingWork(String model, int sequences, int length, int chunk) {
    this.size = RetNet.of(model);
    this.model = OwnModel.forTraining(model, length, chunk);
    int[][] tokens = new int[sequences][];
    for (int row = 0; row < sequences; row++) {
      tokens[row] = size.tokens(row, length);
    }
    this.batch = TrainingBatch.ofNextTokens(tokens);
  }

  @Override
  public void run() {
    model.clear();
    model.accumulate(batch, 1.0 / batch.targetCount(), false, 0);
  }

  /** Of each gradient, in the order of the parameters. */
  @Override
  public double[] sample() {
    List<float[]> gradients =
        size.parameters().stream()
            .map(parameter -> model.gradients().get(parameter.path()))
            .map(gradient -> gradient.segment().toArray(ValueLayout.JAVA_FLOAT))
            .toList();
    return Work.samples(gradients);
  }

  /** Tokens. */
  @Override
  public double amount() {
    return (double) batch.tokens().length * batch.tokens()[0].length;
  }

  @Override
  public void close() {
    model.close();
  }
}
