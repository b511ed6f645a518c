package dev.retain.runtime.training.blocks;

import java.util.ArrayList;
import java.util.List;

/**
 * A program for each block, in whose memory the way back finds what the way forward has made of the
 * block.
 */
final class KeptBlocks implements AutoCloseable {
  private final BlockGradientModel model;
  private final Sequences sequences;
  private final List<Bound> dense = new ArrayList<>();
  private final List<Bound> ragged = new ArrayList<>();

  /** Of the kind of block that was asked for last, since to find out takes memory. */
  private long workBytes;

  private int workBlock;
  private boolean workIsRagged;

  KeptBlocks(BlockGradientModel model, Sequences sequences) {
    this.model = model;
    this.sequences = sequences;
  }

  /**
   * Whether so many blocks may be kept.
   *
   * @param block steps of each
   */
  boolean haveRoom(boolean isRagged, int block, int blocks) {
    if (workBytes == 0 || block != workBlock || isRagged != workIsRagged) {
      workBytes = model.workBytes(isRagged, sequences.batch(), block);
      workBlock = block;
      workIsRagged = isRagged;
    }
    return model.keepsWork(workBytes, blocks);
  }

  /** That of a block; those before it were asked for before. */
  Bound of(int i, boolean isRagged, int block) {
    List<Bound> bound = isRagged ? ragged : dense;
    if (i < bound.size() && bound.get(i).capacity() < block) {
      bound.forEach(Bound::close);
      bound.clear();
    }
    if (i == bound.size()) {
      bound.add(model.bind(isRagged, Way.BACK, sequences, block));
    }
    return bound.get(i);
  }

  long bytes() {
    return bytes(dense) + bytes(ragged);
  }

  private static long bytes(List<Bound> programs) {
    return programs.stream().mapToLong(Bound::bytes).sum();
  }

  @Override
  public void close() {
    dense.forEach(Bound::close);
    ragged.forEach(Bound::close);
  }
}
