package dev.retain.benchmarks.own;

import dev.retain.benchmarks.work.RetNet;
import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;

/** One token after another, once a sequence has become long. */
final class LaterTokenWork implements Work {
  private final Session session;
  private final int vocabulary;
  private int token;

  /**
   * Reads all tokens before.
   *
   * @param before how many there are
   */
  LaterTokenWork(String model, int before) {
    RetNet size = RetNet.of(model);
    this.vocabulary = size.vocabulary();
    this.session = OwnModel.of(model).newSession(1);
    session.run(
        new int[][] {size.tokens(0, before)}, Form.CHUNKWISE, RunOptions.DEFAULT, (_, _, _) -> {});
  }

  @Override
  public void run() {
    session.step(token);
    token = (token + 1) % vocabulary;
  }

  /** Bytes of the state that the session carries. */
  @Override
  public double amount() {
    return session.state().tensors().values().stream()
        .map(NativeTensor::segment)
        .mapToLong(segment -> segment.byteSize())
        .sum();
  }

  @Override
  public void close() {
    session.close();
  }
}
