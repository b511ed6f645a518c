package dev.retain.runtime.training.report;

import java.util.function.LongSupplier;

/** Tokens per second of the latest steps; what is done between steps does not count. */
final class Speed {
  // Of some ten steps, so that it neither jumps nor lags.
  private static final double KEPT = 0.9;

  private final LongSupplier nanoseconds;
  private long mark;
  private double seconds;
  private double tokens;
  private double latest;

  Speed(LongSupplier nanoseconds) {
    this.nanoseconds = nanoseconds;
    this.mark = nanoseconds.getAsLong();
  }

  /** The next step begins now. */
  void begin() {
    mark = nanoseconds.getAsLong();
  }

  /** A step ends now, and the next begins. */
  void add(long tokensOfStep) {
    long now = nanoseconds.getAsLong();
    double took = (now - mark) / 1e9;
    mark = now;
    seconds = KEPT * seconds + took;
    tokens = KEPT * tokens + tokensOfStep;
    latest = took > 0 ? tokensOfStep / took : 0;
  }

  double tokensPerSecond() {
    return seconds > 0 ? tokens / seconds : 0;
  }

  /** Of the last step alone. */
  double ofLastStep() {
    return latest;
  }
}
