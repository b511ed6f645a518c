package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.retain.benchmarks.work.RetNet;
import dev.retain.benchmarks.work.Work;
import java.util.List;
import java.util.stream.IntStream;

/** The gradients of a batch by autograd; what an optimiser does with them comes on top. */
final class TrainingWork extends DifferentiatedWork {
  private final NDManager manager;
  private final ParallelRetNet model;
  private final RetNet size;
  private final NDArray tokens;
  private final NDArray targets;
  private final NDArray weightsOfTargets;

  /** A row of each sequence; every token but the first is to be predicted. */
  static TrainingWork of(NDManager manager, RetNet size, int sequences, int steps) {
    return new TrainingWork(
        manager, size, sequences, steps, new ParallelRetNet(manager, size, steps));
  }

  private TrainingWork(
      NDManager manager, RetNet size, int sequences, int steps, ParallelRetNet model) {
    super(model.weights().arrays());
    this.manager = manager;
    this.model = model;
    this.size = size;
    int[] given = new int[sequences * steps];
    long[] next = new long[sequences * steps];
    float[] weights = new float[sequences * steps];
    for (int row = 0; row < sequences; row++) {
      int[] ofRow = size.tokens(row, steps);
      for (int step = 0; step < steps; step++) {
        boolean isLast = step == steps - 1;
        given[row * steps + step] = ofRow[step];
        next[row * steps + step] = isLast ? 0 : ofRow[step + 1];
        weights[row * steps + step] = isLast ? 0 : -1f / (sequences * (steps - 1));
      }
    }
    this.tokens = manager.create(given, new Shape(sequences, steps));
    this.targets = manager.create(next, new Shape(sequences, steps, 1));
    this.weightsOfTargets = manager.create(weights, new Shape(sequences, steps, 1));
  }

  /** The mean loss. */
  @Override
  NDArray compute(NDList weights) {
    NDArray logarithms = model.logits(weights, tokens).logSoftmax(-1);
    return logarithms.gather(targets, 2).mul(weightsOfTargets).sum();
  }

  @Override
  NDArray flowing(NDArray loss) {
    return manager.ones(loss.getShape());
  }

  @Override
  public double[] sample() {
    List<float[]> gradients =
        IntStream.range(0, size.parameters().size())
            .mapToObj(parameter -> gradient(parameter).toFloatArray())
            .toList();
    return Work.samples(gradients);
  }
}
