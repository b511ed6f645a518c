package dev.retain.runtime.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Every byte of UTF-8 is a token, and its value is the id: a vocabulary of 256. */
public final class ByteTokenizer implements Tokenizer {
  public static final int VOCABULARY_SIZE = 256;

  private static final byte[][] BYTES = new byte[VOCABULARY_SIZE][1];

  static {
    for (int token = 0; token < VOCABULARY_SIZE; token++) {
      BYTES[token][0] = (byte) token;
    }
  }

  @Override
  public int vocabularySize() {
    return VOCABULARY_SIZE;
  }

  @Override
  public int[] encode(String text) {
    ByteBuffer bytes = utf8(text);
    int[] tokens = new int[bytes.remaining()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = bytes.get() & 0xff;
    }
    return tokens;
  }

  private static ByteBuffer utf8(String text) {
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new TextException(
          "the text holds half a character (a surrogate without its pair); give whole characters");
    }
  }

  @Override
  public byte[] bytes(int token) {
    if (token < 0 || token >= VOCABULARY_SIZE) {
      throw new IllegalArgumentException("no byte: " + token);
    }
    return BYTES[token];
  }
}
