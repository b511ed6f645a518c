package dev.retain.runtime.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns a stream of tokens into text as soon as it is whole: bytes of an unfinished character wait
 * for the rest, and bytes that are no UTF-8 (a model may write any) become U+FFFD. Text is in
 * memory that the next call uses again, so that a token leaves nothing for the JVM to collect.
 */
public final class StreamingDecoder {
  private static final int LONGEST_CHARACTER = 4;
  private static final byte[] NOTHING = {};

  private final Tokenizer tokenizer;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  // What is unfinished, ready to be added to.
  private ByteBuffer bytes = ByteBuffer.allocate(LONGEST_CHARACTER);
  private CharBuffer text = CharBuffer.allocate(0);

  public StreamingDecoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** The text that this token completes; often empty inside a character. */
  public CharBuffer next(int token) {
    return decode(tokenizer.bytes(token), false);
  }

  /** What is left when no token follows: U+FFFD for a character that was begun, else nothing. */
  public CharBuffer finish() {
    CharBuffer rest = decode(NOTHING, true);
    decoder.reset();
    return rest;
  }

  private CharBuffer decode(byte[] more, boolean last) {
    if (bytes.remaining() < more.length) {
      bytes = ByteBuffer.allocate(bytes.position() + more.length).put(bytes.flip());
    }
    if (text.capacity() < bytes.capacity() + LONGEST_CHARACTER) {
      text = CharBuffer.allocate(bytes.capacity() + LONGEST_CHARACTER);
    }
    bytes.put(more).flip();
    text.clear();
    decoder.decode(bytes, text, last);
    if (last) {
      decoder.flush(text);
    }
    bytes.compact();
    return text.flip();
  }
}
