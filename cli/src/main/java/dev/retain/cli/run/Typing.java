package dev.retain.cli.run;

import dev.retain.runtime.text.StreamingDecoder;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.util.HexFormat;

/**
 * Shows text as its tokens come. Besides the text, if that is to be kept, a token leaves nothing
 * for the JVM to collect.
 */
public final class Typing {
  private static final HexFormat HEX = HexFormat.of();

  /** Characters that are written as one piece: those of nearly all tokens. */
  private static final int PIECE = 1 << 8;

  private final PrintStream out;
  private final boolean escaping;
  private final StreamingDecoder decoder;
  private final CharsetEncoder encoder;
  private final CharBuffer shown = CharBuffer.allocate(PIECE);
  private final ByteBuffer bytes;
  private final StringBuilder text;

  /**
   * @param escaping whether control characters, which could upset a terminal, are shown as text
   * @param kept whether {@link #text} will be asked for
   */
  public Typing(PrintStream out, boolean escaping, StreamingDecoder decoder, boolean kept) {
    this.out = out;
    this.escaping = escaping;
    this.decoder = decoder;
    this.encoder =
        out.charset()
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    this.bytes = ByteBuffer.allocate((int) Math.ceil(PIECE * encoder.maxBytesPerChar()));
    this.text = kept ? new StringBuilder() : null;
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

  private void show(CharBuffer piece) {
    if (text != null) {
      text.append(piece);
    }
    while (piece.hasRemaining()) {
      // Two halves of a character must not be parted, and an escaped one takes four.
      if (shown.remaining() < 4) {
        write();
      }
      show(piece.get());
      if (Character.isHighSurrogate(shown.get(shown.position() - 1)) && piece.hasRemaining()) {
        show(piece.get());
      }
    }
    write();
  }

  private void show(char c) {
    if (escaping && Character.isISOControl(c) && c != '\n' && c != '\t') {
      // Control characters have two digits.
      shown.put('\\').put('x').put(HEX.toHighHexDigit(c)).put(HEX.toLowHexDigit(c));
    } else {
      shown.put(c);
    }
  }

  private void write() {
    bytes.clear();
    encoder.reset();
    encoder.encode(shown.flip(), bytes, true);
    encoder.flush(bytes);
    out.write(bytes.array(), 0, bytes.position());
    shown.clear();
  }

  /** All so far, as it is. */
  String text() {
    return text.toString();
  }
}
