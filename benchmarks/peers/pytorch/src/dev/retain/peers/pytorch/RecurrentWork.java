package dev.retain.peers.pytorch;

import static dev.retain.benchmarks.work.CoreInputs.HEADS;
import static dev.retain.benchmarks.work.CoreInputs.KEY;
import static dev.retain.benchmarks.work.CoreInputs.VALUE;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** torchscale's recurrent form without rotation and normalisers: step by step. */
final class RecurrentWork extends ScopedWork {
  private final NDArray decay;
  private final NDList queries;
  private final NDList keys;
  private final NDList values;

  RecurrentWork(NDManager manager, Heads heads) {
    super(manager);
    this.decay = Heads.decays(manager, 1, 1, (_, _) -> 1);
    this.queries = steps(heads.query(), heads.steps(), 1, KEY);
    this.keys = steps(heads.key(), heads.steps(), KEY, 1);
    this.values = steps(heads.value(), heads.steps(), 1, VALUE);
  }

  private static NDList steps(NDArray array, int steps, int rows, int columns) {
    NDList all = new NDList();
    for (NDArray step : array.split(steps, 2)) {
      all.add(step.reshape(1, HEADS, rows, columns).duplicate());
    }
    return all;
  }

  @Override
  NDArray compute() {
    NDArray state = manager().zeros(new Shape(1, HEADS, KEY, VALUE), DataType.FLOAT32);
    NDList outputs = new NDList();
    for (int step = 0; step < queries.size(); step++) {
      state.muli(decay).addi(keys.get(step).mul(values.get(step)));
      outputs.add(queries.get(step).matMul(state));
    }
    return NDArrays.concat(outputs, 2);
  }
}
