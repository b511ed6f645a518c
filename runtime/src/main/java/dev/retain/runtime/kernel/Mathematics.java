package dev.retain.runtime.kernel;

import static dev.retain.runtime.kernel.ExponentialSteps.DOUBLE;
import static dev.retain.runtime.kernel.ExponentialSteps.FLOAT;
import static dev.retain.runtime.kernel.ExponentialSteps.LOG2_E;
import static dev.retain.runtime.kernel.ExponentialSteps.SMALLEST_MINUS_ONE;
import static dev.retain.runtime.kernel.ExponentialSteps.inverseFactorial;

import org.apache.commons.numbers.gamma.Erf;

/**
 * The functions that generated scalar code calls. Exponential and hyperbolic tangent follow the
 * generated vector code step by step, so that a loop's scalar tail gives the same bits as its
 * vector body, whatever the width, interpreted or compiled.
 */
public final class Mathematics {
  private Mathematics() {}

  /** The error function: the integral of exp(-t^2) from 0 to {@code x}, times 2 / sqrt(pi). */
  public static double erf(double x) {
    return Erf.value(x);
  }

  /** exp(x), within 2 units in the last place; 0 where that would be subnormal. */
  public static float exp(float x) {
    float y = Math.min(x, (float) FLOAT.largest());
    float shifted = Math.fma(y, (float) LOG2_E, (float) FLOAT.shift());
    float p = polynomial(remainder(y, shifted), 0);
    float result = (p + p) * powerOfTwo(shifted, FLOAT.halfBits());
    return x < (float) FLOAT.smallest() ? 0 : result;
  }

  /** exp(x), within 2 units in the last place; 0 where that would be subnormal. */
  public static double exp(double x) {
    double y = Math.min(x, DOUBLE.largest());
    double shifted = Math.fma(y, LOG2_E, DOUBLE.shift());
    double p = polynomial(remainder(y, shifted), 0);
    double result = (p + p) * powerOfTwo(shifted, DOUBLE.halfBits());
    return x < DOUBLE.smallest() ? 0 : result;
  }

  /** tanh(x) = -e / (e + 2) for e = exp(-2 |x|) - 1, with the sign of x. */
  public static float tanh(float x) {
    float y = Math.max(Math.abs(x) * -2, (float) SMALLEST_MINUS_ONE);
    float shifted = Math.fma(y, (float) LOG2_E, (float) FLOAT.shift());
    float r = remainder(y, shifted);
    float power = powerOfTwo(shifted, FLOAT.oneBits());
    float e = Math.fma(power, polynomial(r, 1) * r, power - 1);
    float magnitude = (0 - e) / (e + 2);
    return x < 0 ? -magnitude : magnitude;
  }

  /** tanh(x) = -e / (e + 2) for e = exp(-2 |x|) - 1, with the sign of x. */
  public static double tanh(double x) {
    double y = Math.max(Math.abs(x) * -2, SMALLEST_MINUS_ONE);
    double shifted = Math.fma(y, LOG2_E, DOUBLE.shift());
    double r = remainder(y, shifted);
    double power = powerOfTwo(shifted, DOUBLE.oneBits());
    double e = Math.fma(power, polynomial(r, 1) * r, power - 1);
    double magnitude = (0 - e) / (e + 2);
    return x < 0 ? -magnitude : magnitude;
  }

  /** {@code base} to the power of {@code exponent}. */
  public static float power(float base, float exponent) {
    return (float) Math.pow(base, exponent);
  }

  /** {@code base} to the power of {@code exponent}. */
  public static double power(double base, double exponent) {
    return Math.pow(base, exponent);
  }

  private static float remainder(float y, float shifted) {
    float n = shifted - (float) FLOAT.shift();
    float high = Math.fma(n, -(float) FLOAT.lnTwoHigh(), y);
    return Math.fma(n, -(float) FLOAT.lnTwoLow(), high);
  }

  private static double remainder(double y, double shifted) {
    double n = shifted - DOUBLE.shift();
    double high = Math.fma(n, -DOUBLE.lnTwoHigh(), y);
    return Math.fma(n, -DOUBLE.lnTwoLow(), high);
  }

  private static float polynomial(float x, int first) {
    float sum = (float) inverseFactorial(FLOAT.degree());
    for (int k = FLOAT.degree() - 1; k >= first; k--) {
      sum = Math.fma(sum, x, (float) inverseFactorial(k));
    }
    return sum;
  }

  private static double polynomial(double x, int first) {
    double sum = inverseFactorial(DOUBLE.degree());
    for (int k = DOUBLE.degree() - 1; k >= first; k--) {
      sum = Math.fma(sum, x, inverseFactorial(k));
    }
    return sum;
  }

  private static float powerOfTwo(float shifted, long biasBits) {
    int n = Float.floatToRawIntBits(shifted) << FLOAT.mantissaBits();
    return Float.intBitsToFloat(n + (int) biasBits);
  }

  private static double powerOfTwo(double shifted, long biasBits) {
    long n = Double.doubleToRawLongBits(shifted) << DOUBLE.mantissaBits();
    return Double.longBitsToDouble(n + biasBits);
  }
}
