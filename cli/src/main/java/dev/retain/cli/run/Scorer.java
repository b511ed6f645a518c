package dev.retain.cli.run;

import dev.retain.runtime.BlockConsumer;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.program.Form;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** Reads a text window by window and sums up how well it was predicted. */
public final class Scorer {
  /**
   * What came out.
   *
   * @param perplexity per token
   * @param tokens that were predicted
   * @param seconds of reading and computing, the warm-up of the JVM among them
   */
  public record Result(double bitsPerByte, double perplexity, long tokens, double seconds) {
    public double tokensPerSecond() {
      return tokens / seconds;
    }
  }

  private Scorer() {}

  /** Scores a file of at least two bytes. */
  public static Result score(RetainModel model, Path text, Form form, int chunk, int length) {
    try (TextWindows windows = new TextWindows(text, length, model.description().vocabulary())) {
      return score(model, windows, form.text(), chunk, _ -> {});
    }
  }

  static Result score(
      RetainModel model, TextWindows windows, String form, int chunk, LongConsumer progress) {
    RunOptions options = RunOptions.DEFAULT.withChunk(chunk);
    CrossEntropy entropy = new CrossEntropy();
    BlockConsumer consumer =
        (start, count, logits) -> {
          // The token after step i of the window is its token i + 1.
          entropy.add(logits, windows.tokens(), start + 1, count);
          progress.accept(entropy.tokens());
        };
    long begin = System.nanoTime();
    try (Session session = model.newSession(1)) {
      while (windows.advance()) {
        session.run(windows.inputs(), form, options, consumer);
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Result(entropy.bitsPerToken(), entropy.perplexity(), entropy.tokens(), seconds);
  }
}
