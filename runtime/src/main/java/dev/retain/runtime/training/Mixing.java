package dev.retain.runtime.training;

/** Numbers that look random and follow from others alone. */
public final class Mixing {
  /** Between the numbers of a sequence that {@link #scrambled} makes look random. */
  public static final long STEP = 0x9e3779b97f4a7c15L;

  private Mixing() {}

  /** A number from two; each change of either changes about half of its bits. */
  public static long mix(long first, long second) {
    return scrambled(scrambled(STEP + first) + STEP + second);
  }

  /** The same from three. */
  public static long mix(long first, long second, long third) {
    return scrambled(mix(first, second) + STEP + third);
  }

  /** The output function of SplitMix64 (Steele, Lea and Flood 2014). */
  public static long scrambled(long value) {
    long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
    return mixed ^ mixed >>> 31;
  }
}
