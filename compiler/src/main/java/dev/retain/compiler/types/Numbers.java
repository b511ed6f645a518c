package dev.retain.compiler.types;

/** Numbers in the words of diagnostics: whole ones without a fraction. */
final class Numbers {
  private Numbers() {}

  static String text(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
