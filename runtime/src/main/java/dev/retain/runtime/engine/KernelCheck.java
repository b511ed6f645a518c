package dev.retain.runtime.engine;

import java.util.Arrays;
import java.util.Optional;

/**
 * Notices that the JVM has not compiled a program's kernels as it should: that it interprets one,
 * or calls a method where a vector instruction should be. Such a kernel puts every vector on the
 * heap, where a good one leaves nothing. How long it takes would say less, since other processes
 * have a part in that; what it puts on the heap is its own doing.
 *
 * <p>It looks once, a while after the start, and then costs nothing, unless it is told to begin
 * {@link #again}. Kernels without vectors take nothing of the heap in any case, so nothing is said
 * of them.
 */
final class KernelCheck {
  /** What the current thread has used so far. */
  interface Meter {
    long cpuNanoseconds();

    long allocatedBytes();
  }

  /**
   * Processor time until all kernels that matter should be compiled; three times as long as usual.
   */
  private static final long WARM_UP = 2_000_000_000L;

  private static final long WINDOW = 500_000_000L;

  /** How often in a row it must look bad. */
  private static final int WINDOWS = 3;

  /** An interpreted kernel takes ten times as much and more, a good one nothing. */
  private static final double TOO_MANY_BYTES_PER_SECOND = 20e6;

  /**
   * Of so many runs one is looked at, and the clock once: to ask after each step of each run would
   * take longer than small steps themselves.
   */
  private static final int RUNS = 16;

  private final Meter meter;
  private final long[] bytes;
  private long runs;
  private long since = -1;
  private int badWindows;
  private boolean measuring;
  private boolean over;

  /**
   * @param steps of the program
   */
  KernelCheck(Meter meter, int steps) {
    this.meter = meter;
    this.bytes = new long[steps];
  }

  /** Whether {@link #add} is to be told what steps take in the next run. */
  boolean isMeasuring() {
    return measuring && runs % RUNS == 0;
  }

  long allocatedBytes() {
    return meter.allocatedBytes();
  }

  /** Says what a step took of the heap, in one share. */
  void add(int step, long taken) {
    bytes[step] += taken;
  }

  /**
   * Says that the program has run once.
   *
   * @return the worst step, if it has turned out that kernels are not compiled as they should be
   */
  Optional<Finding> ran() {
    if (over || ++runs % RUNS != 0) {
      return Optional.empty();
    }
    long now = meter.cpuNanoseconds();
    if (since < 0) {
      since = now;
    }
    long used = now - since;
    if (!measuring) {
      measuring = used >= WARM_UP;
      since = measuring ? now : since;
      return Optional.empty();
    }
    return used >= WINDOW ? judge(used / 1e9, now) : Optional.empty();
  }

  /** Begins again, as if nothing had run yet. */
  void again() {
    since = -1;
    badWindows = 0;
    measuring = false;
    over = false;
  }

  private Optional<Finding> judge(double seconds, long now) {
    int worst = 0;
    long total = 0;
    for (int step = 0; step < bytes.length; step++) {
      total += bytes[step];
      worst = bytes[step] > bytes[worst] ? step : worst;
    }
    double bytesPerSecond = total * RUNS / seconds;
    badWindows = bytesPerSecond > TOO_MANY_BYTES_PER_SECOND ? badWindows + 1 : 0;
    over = badWindows == 0 || badWindows == WINDOWS;
    measuring = !over;
    since = now;
    Arrays.fill(bytes, 0);
    return badWindows == WINDOWS
        ? Optional.of(new Finding(worst, bytesPerSecond))
        : Optional.empty();
  }

  /**
   * Kernels are not compiled as they should be.
   *
   * @param step whose kernel takes most
   * @param bytesPerSecond that one thread takes of the heap, for each second of its time
   */
  record Finding(int step, double bytesPerSecond) {}
}
