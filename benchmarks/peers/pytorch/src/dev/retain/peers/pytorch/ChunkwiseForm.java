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

/** torchscale's chunkwise form without rotation and normalisers: all chunks at once. */
final class ChunkwiseForm implements CoreForm {
  private final NDManager manager;
  private final int steps;
  private final int chunk;
  private final NDArray mask;
  private final NDArray sinceStart;
  private final NDArray untilEnd;
  private final NDArray wholeChunk;

  ChunkwiseForm(NDManager manager, int steps, int chunk) {
    this.manager = manager;
    this.steps = steps;
    this.chunk = chunk;
    this.mask = Heads.decays(manager, chunk, chunk, (row, column) -> row - column);
    this.sinceStart = Heads.decays(manager, chunk, 1, (row, _) -> row + 1);
    this.untilEnd = Heads.decays(manager, chunk, 1, (row, _) -> chunk - 1 - row);
    this.wholeChunk = Heads.decays(manager, 1, 1, (_, _) -> chunk);
  }

  /** [chunk, head, step of the chunk, width]. */
  @Override
  public NDArray arranged(NDArray byHead, int width) {
    return byHead.reshape(HEADS, steps / chunk, chunk, width).transpose(1, 0, 2, 3).duplicate();
  }

  @Override
  public NDArray output(NDArray query, NDArray key, NDArray value) {
    NDArray turned = key.transpose(0, 1, 3, 2);
    NDArray inner = query.matMul(turned).muli(mask).matMul(value);
    NDList written = turned.matMul(value.mul(untilEnd)).split(steps / chunk);
    NDArray state = manager.zeros(new Shape(1, HEADS, KEY, VALUE), DataType.FLOAT32);
    NDList before = new NDList();
    for (NDArray one : written) {
      before.add(state);
      state = state.mul(wholeChunk).addi(one);
    }
    NDArray cross = query.mul(sinceStart).matMul(NDArrays.concat(before));
    return inner.addi(cross);
  }

  @Override
  public NDArray byHead(NDArray arranged, int width) {
    return arranged.transpose(1, 0, 2, 3).reshape(1, HEADS, steps, width);
  }
}
