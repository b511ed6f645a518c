package dev.retain.benchmarks.contest;

/**
 * How long is measured.
 *
 * @param warmUps rounds before those that count
 * @param rounds that count
 * @param milliseconds of a round
 * @param jvms that the lottery starts for each kernel
 */
public record Effort(int warmUps, int rounds, int milliseconds, int jvms) {
  public static final Effort USUAL = new Effort(6, 7, 400, 20);
  public static final Effort QUICK = new Effort(3, 3, 150, 6);
}
