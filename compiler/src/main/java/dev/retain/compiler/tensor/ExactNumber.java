package dev.retain.compiler.tensor;

/** Numbers with every digit they need, written as in the language: {@code 1e-6}. */
public final class ExactNumber {
  private ExactNumber() {}

  public static String text(double value) {
    return asInTheLanguage(Double.toString(value));
  }

  public static String text(float value) {
    return asInTheLanguage(Float.toString(value));
  }

  private static String asInTheLanguage(String number) {
    return number.replace(".0E", "e").replace('E', 'e');
  }
}
