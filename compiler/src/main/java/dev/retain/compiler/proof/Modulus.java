package dev.retain.compiler.proof;

/**
 * Whole numbers modulo an odd number below 2^62. A residue is kept times 2^64 (Montgomery's form),
 * so that a product needs no division.
 */
final class Modulus {
  private final long modulus;
  private final long inverse;
  private final long square;
  private final long one;

  Modulus(long modulus) {
    this.modulus = modulus;
    long inverse = modulus;
    // Newton's iteration doubles the right bits each time, and an odd number is its own inverse
    // modulo 8.
    for (int bits = 3; bits < Long.SIZE; bits *= 2) {
      inverse *= 2 - modulus * inverse;
    }
    this.inverse = inverse;
    long power = 1;
    for (int i = 0; i < 2 * Long.SIZE; i++) {
      power = add(power, power);
    }
    this.square = power;
    this.one = of(1);
  }

  long modulus() {
    return modulus;
  }

  long one() {
    return one;
  }

  /** The residue of a whole number. */
  long of(long number) {
    return multiply(Math.floorMod(number, modulus), square);
  }

  /** The whole number from 0 that a residue stands for. */
  long number(long residue) {
    return multiply(residue, 1);
  }

  long add(long left, long right) {
    long sum = left + right - modulus;
    return sum + (sum >> 63 & modulus);
  }

  long subtract(long left, long right) {
    long difference = left - right;
    return difference + (difference >> 63 & modulus);
  }

  long negate(long residue) {
    return residue == 0 ? 0 : modulus - residue;
  }

  long multiply(long left, long right) {
    long high = Math.multiplyHigh(left, right);
    long difference = high - Math.unsignedMultiplyHigh(left * right * inverse, modulus);
    return difference + (difference >> 63 & modulus);
  }

  /**
   * @param exponent of any sign
   */
  long power(long residue, long exponent) {
    long base = exponent < 0 ? invert(residue) : residue;
    long result = one;
    for (long rest = Math.abs(exponent); rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        result = multiply(result, base);
      }
      base = multiply(base, base);
    }
    return result;
  }

  /** Of a prime modulus; 0 for 0. */
  long invert(long residue) {
    return power(residue, modulus - 2);
  }

  /** Evenly distributed, of evenly distributed bits. */
  long fromBits(long bits) {
    return Math.unsignedMultiplyHigh(bits, modulus);
  }
}
