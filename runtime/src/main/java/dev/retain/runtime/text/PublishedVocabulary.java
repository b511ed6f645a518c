package dev.retain.runtime.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The vocabularies of byte pairs that a library brings along. */
enum PublishedVocabulary {
  R50K_BASE(50_257, 50_256),
  P50K_BASE(50_281, 50_256),
  CL100K_BASE(100_277, 100_257),
  O200K_BASE(200_019, 199_999);

  private static final String OTHER_NAME = "gpt2";

  private final int size;
  private final int endOfText;

  PublishedVocabulary(int size, int endOfText) {
    this.size = size;
    this.endOfText = endOfText;
  }

  static Optional<PublishedVocabulary> of(String name) {
    String known = name.equals(OTHER_NAME) ? R50K_BASE.text() : name;
    return Arrays.stream(values()).filter(one -> one.text().equals(known)).findFirst();
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** One more than the largest id, special tokens among them. */
  int size() {
    return size;
  }

  int endOfText() {
    return endOfText;
  }
}
