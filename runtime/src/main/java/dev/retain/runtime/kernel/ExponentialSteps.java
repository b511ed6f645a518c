package dev.retain.runtime.kernel;

/**
 * The numbers by which exp is computed, in scalar code ({@link Mathematics}) as in generated vector
 * code: exp(x) = 2^n p(r) with n = round(x / ln 2), r = x - n ln 2 and p the Taylor polynomial.
 *
 * @param shift a number so large that adding it rounds to a whole number, kept in the last bits
 * @param mantissaBits by how many bits a whole number must move to become an exponent
 * @param oneBits the representation of 1, that is of 2^0
 * @param halfBits the representation of one half
 * @param lnTwoHigh ln 2, rounded
 * @param lnTwoLow what the rounding lost
 * @param smallest below it the result would be subnormal: 0 is given instead
 * @param largest above it, and also at it, the result is infinite
 * @param degree of the polynomial, so that its error is below half a unit in the last place
 */
public record ExponentialSteps(
    double shift,
    int mantissaBits,
    long oneBits,
    long halfBits,
    double lnTwoHigh,
    double lnTwoLow,
    double smallest,
    double largest,
    int degree) {
  private static final double LN_2 = 0.6931471805599453;

  /** 1 / ln 2. */
  public static final double LOG2_E = 1.4426950408889634;

  /** Below it tanh is -1 to the last bit: the least argument for exp(x) - 1. */
  public static final double SMALLEST_MINUS_ONE = -40;

  public static final ExponentialSteps FLOAT =
      new ExponentialSteps(
          0x1.8p23,
          23,
          Float.floatToRawIntBits(1),
          Float.floatToRawIntBits(0.5f),
          (float) LN_2,
          LN_2 - (float) LN_2,
          -86.5,
          89,
          7);

  public static final ExponentialSteps DOUBLE =
      new ExponentialSteps(
          0x1.8p52,
          52,
          Double.doubleToRawLongBits(1),
          Double.doubleToRawLongBits(0.5),
          LN_2,
          2.3190468138462996e-17,
          -708,
          710,
          13);

  private static final double[] INVERSE_FACTORIALS = inverseFactorials();

  /** 1 / k!, for k up to the largest degree. */
  public static double inverseFactorial(int k) {
    return INVERSE_FACTORIALS[k];
  }

  private static double[] inverseFactorials() {
    double[] inverse = new double[DOUBLE.degree + 1];
    double factorial = 1;
    for (int k = 0; k < inverse.length; k++) {
      factorial *= Math.max(k, 1);
      inverse[k] = 1 / factorial;
    }
    return inverse;
  }
}
