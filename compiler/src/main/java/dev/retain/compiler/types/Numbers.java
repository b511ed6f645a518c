package dev.retain.compiler.types;

import dev.retain.compiler.tensor.ExactNumber;

/** Numbers in the words of diagnostics: whole ones without a fraction. */
final class Numbers {
  private Numbers() {}

  static String text(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : ExactNumber.text(number);
  }
}
