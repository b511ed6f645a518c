package dev.retain.cli.console;

import java.util.Locale;

/** Numbers as people read them; points and commas do not depend on the locale. */
public final class Quantity {
  private static final String[] BINARY = {"KiB", "MiB", "GiB", "TiB"};

  private Quantity() {}

  /** Such as {@code 1,234,567}. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Such as {@code 19.1M} or {@code 1.22B}. */
  public static String rounded(long number) {
    if (number < 1_000_000) {
      return count(number);
    }
    return number < 1_000_000_000
        ? String.format(Locale.ROOT, "%.1fM", number / 1e6)
        : String.format(Locale.ROOT, "%.2fB", number / 1e9);
  }

  /** Such as {@code 14.5 MiB}. */
  public static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " bytes";
    }
    double value = bytes;
    int unit = -1;
    do {
      value /= 1024;
      unit++;
    } while (value >= 1024 && unit < BINARY.length - 1);
    return String.format(Locale.ROOT, "%.1f %s", value, BINARY[unit]);
  }

  public static String decimal(double value, int digits) {
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }
}
