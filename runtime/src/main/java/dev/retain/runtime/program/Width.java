package dev.retain.runtime.program;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How wide the vectors of a set of kernels are; the widest first. */
public enum Width {
  W512(512),
  W256(256),
  W128(128),
  /** No vectors, and no need of the module that provides them. */
  SCALAR(0);

  private final int bits;

  Width(int bits) {
    this.bits = bits;
  }

  /** Bits of a vector; 0 without vectors. */
  public int bits() {
    return bits;
  }

  /** The name of its folder in a model's jar, such as {@code w512}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The width of that name, with or without the {@code w}. */
  public static Optional<Width> of(String text) {
    return Arrays.stream(values())
        .filter(width -> width.text().equals(text) || width.text().equals("w" + text))
        .findFirst();
  }
}
