package dev.retain.cli.run;

import dev.retain.runtime.text.StreamingDecoder;
import java.io.PrintStream;

/** Shows text as its tokens come. */
public final class Typing {
  private final PrintStream out;
  private final StreamingDecoder decoder;
  private final StringBuilder text = new StringBuilder();

  public Typing(PrintStream out, StreamingDecoder decoder) {
    this.out = out;
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
    out.print(piece);
  }

  /** All so far. */
  String text() {
    return text.toString();
  }
}
