package dev.retain.runtime.text;

import java.util.OptionalInt;

/** Turns text into the ids a model reads, and ids back into bytes. Without state. */
public interface Tokenizer {
  /** One more than the largest id. */
  int vocabularySize();

  /**
   * The ids of a text.
   *
   * @throws TextException if the text is no valid Unicode
   */
  int[] encode(String text);

  /**
   * The bytes of UTF-8 that an id stands for. They may be a part of a character only, so that text
   * is put together from bytes; {@link StreamingDecoder} does so. Not to be changed by the caller.
   *
   * @throws IllegalArgumentException if the id is not in the vocabulary
   */
  byte[] bytes(int token);

  /** The id that stands for the end of a text, if there is one. */
  default OptionalInt endOfText() {
    return OptionalInt.empty();
  }
}
