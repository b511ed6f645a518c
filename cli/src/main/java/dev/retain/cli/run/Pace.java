package dev.retain.cli.run;

/** When tokens began to come as fast as they ever did, in the first seconds of writing. */
final class Pace {
  private static final long WINDOW = 100_000_000L;
  private static final int WINDOWS = 200;

  /** Other processes make windows differ by so much. */
  private static final double NEARLY = 0.8;

  private final long begin;
  private final int[] tokens = new int[WINDOWS];
  private int last;

  /**
   * @param begin in {@link System#nanoTime}, like all times here
   */
  Pace(long begin) {
    this.begin = begin;
  }

  /** A token has come. */
  void add(long now) {
    int window = (int) Math.min(WINDOWS - 1, (now - begin) / WINDOW);
    tokens[window]++;
    last = window;
  }

  /** To the end of the first tenth of a second that was nearly as good as the best, of 20 s. */
  double secondsToFullSpeed() {
    int best = 0;
    // The last one is not over, and may stand for all the rest.
    for (int window = 0; window < Math.max(1, last); window++) {
      best = Math.max(best, tokens[window]);
    }
    int first = 0;
    while (tokens[first] < NEARLY * best) {
      first++;
    }
    return (first + 1) * WINDOW / 1e9;
  }
}
