package dev.retain.benchmarks.own;

import dev.retain.benchmarks.work.RetNet;
import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.program.Form;
import java.lang.foreign.ValueLayout;

/** A prompt. */
final class PrefillWork implements Work {
  private final Session session;
  private final int[][] tokens;
  private final RunOptions options;

  PrefillWork(String model, int length, int chunk) {
    this.session = OwnModel.of(model).newSession(1);
    this.options = RunOptions.DEFAULT.withChunk(chunk);
    this.tokens = new int[][] {RetNet.of(model).tokens(0, length)};
  }

  @Override
  public void run() {
    session.reset();
    session.run(tokens, Form.CHUNKWISE, options, (_, _, _) -> {});
  }

  /** Of the logits of all tokens. */
  @Override
  public double[] sample() {
    session.reset();
    return Work.samples(
        session.run(tokens, Form.CHUNKWISE, options).segment().toArray(ValueLayout.JAVA_FLOAT));
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
