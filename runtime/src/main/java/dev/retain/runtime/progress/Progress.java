package dev.retain.runtime.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Reports how far a task is: on a terminal in one line that is drawn again a few times per second,
 * elsewhere in a line every few seconds. {@link #update} may be called for every window: it looks
 * at the clock and mostly does nothing. For one thread.
 */
public final class Progress implements AutoCloseable {
  private static final Duration REDRAWN_EVERY = Duration.ofMillis(200);
  private static final Duration PRINTED_EVERY = Duration.ofSeconds(5);
  private static final double NANOSECONDS = 1e9;

  private final PrintStream out;
  private final boolean redrawn;
  private final LongSupplier nanoseconds;
  private final String task;
  private final String unit;
  private final long total;
  private final long start;
  private long next;
  private long done;
  private int drawn;
  private boolean printed;

  Progress(
      PrintStream out,
      boolean redrawn,
      LongSupplier nanoseconds,
      String task,
      String unit,
      long total) {
    this.out = out;
    this.redrawn = redrawn;
    this.nanoseconds = nanoseconds;
    this.task = task;
    this.unit = unit;
    this.total = total;
    this.start = nanoseconds.getAsLong();
    this.next = start + interval();
  }

  /**
   * A report on standard error.
   *
   * @param task what is done, such as {@code score}
   * @param unit what is counted, such as {@code tokens}
   * @param total how many there will be
   */
  public static Progress onStandardError(String task, String unit, long total) {
    return new Progress(System.err, isRedrawn(), System::nanoTime, task, unit, total);
  }

  /** Says how many are done by now, in all. */
  public void update(long done) {
    this.done = done;
    long now = nanoseconds.getAsLong();
    if (now - next >= 0) {
      next = now + interval();
      show(line(now));
    }
  }

  /** Ends the line that was drawn, so that what follows begins on a new one. */
  @Override
  public void close() {
    if (printed) {
      show(summary(nanoseconds.getAsLong()));
      if (redrawn) {
        out.println();
      }
    }
  }

  private long interval() {
    return (redrawn ? REDRAWN_EVERY : PRINTED_EVERY).toNanos();
  }

  private void show(String line) {
    printed = true;
    if (redrawn) {
      out.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
      out.flush();
      drawn = line.length();
    } else {
      out.println(line);
    }
  }

  private String line(long now) {
    double rate = rate(now);
    String left = rate > 0 ? ", " + time((total - done) / rate) + " left" : "";
    double share = total > 0 ? 100.0 * done / total : 100;
    return String.format(Locale.ROOT, "%s: %.1f %%, %s%s", task, share, counted(rate), left);
  }

  private String summary(long now) {
    return String.format(
        Locale.ROOT,
        "%s: %,d %s in %s, %s",
        task,
        done,
        unit,
        time((now - start) / NANOSECONDS),
        counted(rate(now)));
  }

  private String counted(double rate) {
    return String.format(Locale.ROOT, "%,.0f %s/s", rate, unit);
  }

  private double rate(long now) {
    return now > start ? done * NANOSECONDS / (now - start) : 0;
  }

  private static String time(double seconds) {
    Duration time = Duration.ofSeconds(Math.round(Math.max(0, seconds)));
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " min";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toSeconds() + " s";
  }

  private static boolean isRedrawn() {
    return !"dumb".equals(System.getenv("TERM")) && Terminal.STANDARD_ERROR.isConnected();
  }
}
