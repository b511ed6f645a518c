package dev.retain.benchmarks.own;

import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.program.Form;

/** A prompt. */
final class PrefillWork implements Work {
  private final Session session;
  private final int[][] tokens;
  private final RunOptions options;

  PrefillWork(RetainModel model, int length, int chunk) {
    this.session = model.newSession(1);
    this.options = RunOptions.DEFAULT.withChunk(chunk);
    this.tokens = new int[1][length];
    for (int i = 0; i < length; i++) {
      tokens[0][i] = i * 31 % model.description().vocabulary();
    }
  }

  @Override
  public void run() {
    session.reset();
    session.run(tokens, Form.CHUNKWISE, options, (_, _, _) -> {});
  }

  /** Tokens. */
  @Override
  public double amount() {
    return tokens[0].length;
  }

  @Override
  public void close() {
    session.close();
  }
}
