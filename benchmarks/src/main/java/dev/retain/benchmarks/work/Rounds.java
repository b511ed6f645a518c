package dev.retain.benchmarks.work;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The other end of the line: does a work in rounds when the process that started this JVM asks for
 * one, so that contestants take turns on the machine.
 */
public final class Rounds {
  /** What answers begin with; libraries may print other lines. */
  public static final String MARK = "@ ";

  public static final String ROUND = "round";
  public static final String SAMPLE = "sample";

  private static final int MOST_CALLS = 1 << 20;

  private final PrintStream out;
  private final long[] times = new long[MOST_CALLS];

  private Rounds(PrintStream out) {
    this.out = out;
  }

  /** Makes a work. */
  @FunctionalInterface
  public interface Maker {
    Work make() throws Exception;
  }

  /**
   * Answers until the input ends.
   *
   * <p>First {@code ready}, the nanoseconds that making the work took, those of its first run, and
   * its amount. Then to each {@code round MILLISECONDS} the number of runs and the median and the
   * least of their nanoseconds, and to {@code sample} the work's samples.
   */
  public static void serve(Maker maker) throws Exception {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
    long begin = System.nanoTime();
    try (Work work = maker.make()) {
      long made = System.nanoTime();
      work.run();
      long ran = System.nanoTime();
      out.println(MARK + (made - begin) + " " + (ran - made) + " " + work.amount());
      new Rounds(out).answer(work);
    }
    // Libraries leave threads behind that would keep the JVM alive.
    System.exit(0);
  }

  private void answer(Work work) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case ROUND -> round(work, Long.parseLong(words[1]));
        case SAMPLE -> sample(work);
        default -> throw new IOException("not asked for anything known: " + line);
      }
    }
  }

  private void round(Work work, long milliseconds) throws Exception {
    long begin = System.nanoTime();
    long end = begin + milliseconds * 1_000_000;
    int count = 0;
    long now = begin;
    while (now < end && count < MOST_CALLS) {
      work.run();
      long after = System.nanoTime();
      times[count++] = after - now;
      now = after;
    }
    Arrays.sort(times, 0, count);
    out.println(MARK + count + " " + times[count / 2] + " " + times[0]);
  }

  private void sample(Work work) throws Exception {
    StringBuilder line = new StringBuilder(MARK);
    for (double value : work.sample()) {
      line.append(value).append(' ');
    }
    out.println(line);
  }
}
