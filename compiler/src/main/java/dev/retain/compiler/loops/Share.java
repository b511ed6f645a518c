package dev.retain.compiler.loops;

/** Which part of the work is a worker's: contiguous, and the same for the same numbers. */
final class Share {
  static final Index WORKER = Index.variable("worker");
  static final Index WORKERS = Index.variable("workers");

  private Share() {}

  /** The first of {@code count} pieces that this worker does. */
  static Index from(Index count) {
    return Layout.times(count, WORKER).dividedBy(WORKERS);
  }

  /** The piece after the last that this worker does. */
  static Index to(Index count) {
    return count.times(WORKER.plus(Index.ONE)).dividedBy(WORKERS);
  }

  /** How many pieces of the given size cover all. */
  static Index pieces(Index all, Index size) {
    return all.plus(size).minus(Index.ONE).dividedBy(size);
  }

  static Index maximum(Index a, Index b) {
    return a.plus(b).minus(a.minimum(b));
  }
}
