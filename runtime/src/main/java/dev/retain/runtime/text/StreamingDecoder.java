package dev.retain.runtime.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns a stream of tokens into text as soon as it is whole: bytes of an unfinished character wait
 * for the rest, and bytes that are no UTF-8 (a model may write any) become U+FFFD.
 */
public final class StreamingDecoder {
  private static final int LONGEST_CHARACTER = 4;

  private final Tokenizer tokenizer;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer unfinished = ByteBuffer.allocate(0);

  public StreamingDecoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** The text that this token completes; often empty inside a character. */
  public String next(int token) {
    return decode(tokenizer.bytes(token), false);
  }

  /** What is left when no token follows: U+FFFD for a character that was begun, else nothing. */
  public String finish() {
    String rest = decode(new byte[0], true);
    decoder.reset();
    return rest;
  }

  private String decode(byte[] more, boolean last) {
    ByteBuffer bytes =
        ByteBuffer.allocate(unfinished.remaining() + more.length).put(unfinished).put(more).flip();
    CharBuffer text = CharBuffer.allocate(bytes.remaining() + LONGEST_CHARACTER);
    decoder.decode(bytes, text, last);
    if (last) {
      decoder.flush(text);
    }
    unfinished = bytes;
    return text.flip().toString();
  }
}
