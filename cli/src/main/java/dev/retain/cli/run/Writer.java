package dev.retain.cli.run;

import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.generation.Sampler;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.TensorDescription;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads a prompt, then chooses and reads one token after the other. */
public final class Writer {
  private static final long PATIENCE_MILLISECONDS = 500;

  /**
   * Up to so many numbers, each weight counted for each token, a prompt is read in the recurrent
   * form: in half a second, which is what the JVM takes to compile the kernels of another form.
   */
  private static final long SHORT = 4_000_000_000L;

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean interrupted;

  /**
   * What came out.
   *
   * @param firstToken when the first token was chosen, in {@link System#nanoTime}
   * @param seconds from then to the last one
   * @param secondsToFullSpeed from then until tokens came nearly as fast as they ever did
   */
  public record Result(int tokens, long firstToken, double seconds, double secondsToFullSpeed) {
    /** Of the tokens after the first. */
    public double tokensPerSecond() {
      return tokens > 1 ? (tokens - 1) / seconds : 0;
    }
  }

  private Writer() {}

  /** Writes {@code count} tokens, or fewer if nobody reads them or Ctrl-C is pressed. */
  public static Result write(
      RetainModel model, int[] prompt, Sampler sampler, int count, Typing typing) {
    Writer writer = new Writer();
    // Without it the shell's prompt would stand in the middle of a line, or of a character.
    Runtime.getRuntime().addShutdownHook(new Thread(writer::interrupt));
    try (Session session = model.newSession(1)) {
      return writer.write(session, first(model, session, prompt, sampler), sampler, count, typing);
    } finally {
      writer.finished.countDown();
    }
  }

  private void interrupt() {
    interrupted = true;
    try {
      finished.await(PATIENCE_MILLISECONDS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int first(RetainModel model, Session session, int[] prompt, Sampler sampler) {
    int[] token = new int[1];
    session.run(
        new int[][] {prompt},
        form(model.description(), prompt.length),
        RunOptions.DEFAULT,
        (start, length, logits) -> {
          if (start + length == prompt.length) {
            token[0] = choose(sampler, logits, length - 1, length);
          }
        });
    return token[0];
  }

  private static Form form(ModelDescription model, int tokens) {
    long weights = model.parameters().stream().mapToLong(TensorDescription::size).sum();
    return model.program(Form.CHUNKWISE, false).isPresent() && tokens * weights > SHORT
        ? Form.CHUNKWISE
        : Form.RECURRENT;
  }

  private Result write(Session session, int first, Sampler sampler, int count, Typing typing) {
    long begin = System.nanoTime();
    int[] token = {first};
    int written = 1;
    Pace pace = new Pace(begin);
    try {
      while (typing.show(token[0]) && written < count && !interrupted) {
        token[0] = choose(sampler, session.step(token), 0, 1);
        written++;
        pace.add(System.nanoTime());
      }
    } finally {
      typing.finish();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Result(written, begin, seconds, pace.secondsToFullSpeed());
  }

  private static int choose(Sampler sampler, NativeTensor logits, int step, int steps) {
    long rowBytes = logits.segment().byteSize() / steps;
    return sampler.sample(logits.segment(), step * rowBytes, logits.type());
  }
}
