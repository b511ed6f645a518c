package dev.retain.runtime.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

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
  private final long already;
  private final Supplier<String> speed = this::speed;
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
      long already,
      long total) {
    this.out = out;
    this.redrawn = redrawn;
    this.nanoseconds = nanoseconds;
    this.task = task;
    this.unit = unit;
    this.already = already;
    this.done = already;
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
    return on(System.err, isRedrawn(), task, unit, 0, total);
  }

  /**
   * A report on a stream, of a task of which a part was done before.
   *
   * @param redrawn whether the stream goes to a terminal that can draw a line again
   * @param already how many were done
   */
  public static Progress on(
      PrintStream out, boolean redrawn, String task, String unit, long already, long total) {
    return new Progress(out, redrawn, System::nanoTime, task, unit, already, total);
  }

  /** Says how many are done by now, in all. */
  public void update(long done) {
    update(done, speed);
  }

  /**
   * Says how many are done by now, in all.
   *
   * @param details what to show instead of the speed; asked only if something is shown
   */
  public void update(long done, Supplier<String> details) {
    this.done = done;
    long now = nanoseconds.getAsLong();
    if (now - next >= 0) {
      next = now + interval();
      show(line(now, details.get()));
    }
  }

  /** Shows a line that stays. */
  public void say(String line) {
    if (drawn > 0) {
      out.print("\r" + " ".repeat(drawn) + "\r");
      drawn = 0;
    }
    out.println(line);
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

  private String line(long now, String details) {
    double rate = rate(now);
    String left = rate > 0 ? ", " + time((total - done) / rate) + " left" : "";
    double share = total > 0 ? 100.0 * done / total : 100;
    return String.format(Locale.ROOT, "%s: %.1f %%, %s%s", task, share, details, left);
  }

  private String summary(long now) {
    return String.format(
        Locale.ROOT,
        "%s: %,d %s in %s, %s",
        task,
        done - already,
        unit,
        time((now - start) / NANOSECONDS),
        counted(rate(now)));
  }

  private String speed() {
    return counted(rate(nanoseconds.getAsLong()));
  }

  private String counted(double rate) {
    return String.format(Locale.ROOT, "%,.0f %s/s", rate, unit);
  }

  private double rate(long now) {
    return now > start ? (done - already) * NANOSECONDS / (now - start) : 0;
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

  /** Whether standard error goes to a terminal that can draw a line again. */
  public static boolean isRedrawn() {
    return !"dumb".equals(System.getenv("TERM")) && Terminal.STANDARD_ERROR.isConnected();
  }
}
