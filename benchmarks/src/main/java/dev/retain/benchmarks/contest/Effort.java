package dev.retain.benchmarks.contest;

/**
 * How long is measured.
 *
 * @param warmUps rounds before those that count
 * @param rounds that count
 * @param milliseconds of a round
 * @param jvms that the lottery starts for each task
 */
public record Effort(int warmUps, int rounds, int milliseconds, int jvms) {
  public static final Effort USUAL = new Effort(6, 7, 400, 20);
  public static final Effort QUICK = new Effort(3, 3, 150, 6);

  // In nanoseconds, for each contestant.
  private static final double LONG_RUN = 15e9;
  private static final double MOST_OF_WARM_UPS = 5e9;
  private static final double MOST_OF_ROUNDS = 15e9;

  /** The same with another number of JVMs. */
  public Effort withJvms(int count) {
    return new Effort(warmUps, rounds, milliseconds, count);
  }

  /**
   * Whether a run takes so long that the first one counts, and is the only one: warming up is a
   * small part of it.
   */
  boolean isOneRunEnough(double first) {
    return first > LONG_RUN;
  }

  /** Whether there is a warm-up more, after so many that took the slowest contestant so long. */
  boolean isWarmUpDue(int made, double spent) {
    return made < warmUps && spent < MOST_OF_WARM_UPS;
  }

  /** The same of a round that counts, of which there is at least one. */
  boolean isRoundDue(int made, double spent) {
    return made < rounds && spent < MOST_OF_ROUNDS;
  }
}
