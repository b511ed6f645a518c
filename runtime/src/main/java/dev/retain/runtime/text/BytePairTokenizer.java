package dev.retain.runtime.text;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.util.OptionalInt;

/**
 * A published vocabulary of byte pairs. What looks like a special token in a text is text; only
 * {@link #endOfText} is one.
 */
final class BytePairTokenizer implements Tokenizer {
  private final PublishedVocabulary vocabulary;
  private final Encoding encoding;

  BytePairTokenizer(PublishedVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.encoding =
        Encodings.newLazyEncodingRegistry()
            .getEncoding(
                switch (vocabulary) {
                  case R50K_BASE -> EncodingType.R50K_BASE;
                  case P50K_BASE -> EncodingType.P50K_BASE;
                  case CL100K_BASE -> EncodingType.CL100K_BASE;
                  case O200K_BASE -> EncodingType.O200K_BASE;
                });
  }

  @Override
  public int vocabularySize() {
    return vocabulary.size();
  }

  @Override
  public int[] encode(String text) {
    return encoding.encodeOrdinary(text).toArray();
  }

  @Override
  public byte[] bytes(int token) {
    if (token == vocabulary.endOfText()) {
      return new byte[0];
    }
    IntArrayList one = new IntArrayList(1);
    one.add(token);
    return encoding.decodeBytes(one);
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(vocabulary.endOfText());
  }
}
