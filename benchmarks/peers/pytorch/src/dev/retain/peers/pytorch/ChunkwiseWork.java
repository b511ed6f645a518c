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
final class ChunkwiseWork extends ScopedWork {
  private final int steps;
  private final int chunks;
  private final NDArray query;
  private final NDArray key;
  private final NDArray value;
  private final NDArray mask;
  private final NDArray sinceStart;
  private final NDArray untilEnd;
  private final NDArray wholeChunk;

  ChunkwiseWork(NDManager manager, Heads heads, int chunk) {
    super(manager);
    this.steps = heads.steps();
    this.chunks = steps / chunk;
    this.query = chunked(heads.query(), chunk, KEY);
    this.key = chunked(heads.key(), chunk, KEY);
    this.value = chunked(heads.value(), chunk, VALUE);
    this.mask = Heads.decays(manager, chunk, chunk, (row, column) -> row - column);
    this.sinceStart = Heads.decays(manager, chunk, 1, (row, _) -> row + 1);
    this.untilEnd = Heads.decays(manager, chunk, 1, (row, _) -> chunk - 1 - row);
    this.wholeChunk = Heads.decays(manager, 1, 1, (_, _) -> chunk);
  }

  /** [chunk, head, step of the chunk, width]. */
  private NDArray chunked(NDArray array, int chunk, int width) {
    return array.reshape(HEADS, chunks, chunk, width).transpose(1, 0, 2, 3).duplicate();
  }

  @Override
  NDArray compute() {
    NDArray turned = key.transpose(0, 1, 3, 2);
    NDArray inner = query.matMul(turned).muli(mask).matMul(value);
    NDList written = turned.matMul(value.mul(untilEnd)).split(chunks);
    NDArray state = manager().zeros(new Shape(1, HEADS, KEY, VALUE), DataType.FLOAT32);
    NDList before = new NDList();
    for (NDArray one : written) {
      before.add(state);
      state = state.mul(wholeChunk).addi(one);
    }
    NDArray cross = query.mul(sinceStart).matMul(NDArrays.concat(before));
    return inner.addi(cross);
  }

  @Override
  public double[] sample() {
    NDArray byHead = result().transpose(1, 0, 2, 3).reshape(1, HEADS, steps, VALUE);
    return Heads.samples(byHead);
  }
}
