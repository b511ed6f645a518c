package dev.retain.cli.run;

import dev.retain.runtime.text.StreamingDecoder;
import java.io.PrintStream;

/** Shows text as its tokens come. */
public final class Typing {
  private final PrintStream out;
  private final boolean escaping;
  private final StreamingDecoder decoder;
  private final StringBuilder text = new StringBuilder();

  /**
   * @param escaping whether control characters, which could upset a terminal, are shown as text
   */
  public Typing(PrintStream out, boolean escaping, StreamingDecoder decoder) {
    this.out = out;
    this.escaping = escaping;
    this.decoder = decoder;
  }

  /**
   * Shows what a token completes.
   *
   * @return false if nobody reads any more, such as after {@code | head}
   */
  boolean show(int token) {
    show(decoder.next(token));
    return !out.checkError();
  }

  /** Shows what is left, and ends the line. */
  void finish() {
    show(decoder.finish());
    out.println();
    out.flush();
  }

  private void show(String piece) {
    text.append(piece);
    out.print(escaping ? escaped(piece) : piece);
  }

  private static String escaped(String piece) {
    StringBuilder shown = new StringBuilder();
    for (char c : piece.toCharArray()) {
      if (Character.isISOControl(c) && c != '\n' && c != '\t') {
        shown.append("\\x%02x".formatted((int) c));
      } else {
        shown.append(c);
      }
    }
    return shown.toString();
  }

  /** All so far, as it is. */
  String text() {
    return text.toString();
  }
}
