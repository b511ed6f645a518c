package dev.retain.runtime.text;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds a tokenizer by the name that the user gives it. */
public final class Tokenizers {
  /** The name of {@link ByteTokenizer}. */
  public static final String BYTES = "bytes";

  private Tokenizers() {}

  /**
   * The tokenizer of a name: {@code bytes}; a published vocabulary, such as {@code cl100k_base}; or
   * a file of Hugging Face's, {@code tokenizer.json}.
   *
   * @throws TextException if there is none of that name, or its library is not on the class path
   */
  public static Tokenizer of(String name) {
    if (name.equals(BYTES)) {
      return new ByteTokenizer();
    }
    Optional<PublishedVocabulary> published = PublishedVocabulary.of(name);
    try {
      if (published.isPresent()) {
        return new BytePairTokenizer(published.get());
      }
      if (name.endsWith(".json")) {
        return HuggingFaceTokenizer.open(Path.of(name));
      }
    } catch (NoClassDefFoundError e) {
      throw new TextException(
          "the tokenizer %s needs a library that is not on the class path (%s); add %s"
              .formatted(
                  name,
                  e.getMessage(),
                  published.isPresent()
                      ? "com.knuddels:jtokkit"
                      : "ai.djl.huggingface:tokenizers"));
    }
    throw new TextException(
        "there is no tokenizer '%s'; choose %s, %s, or a file tokenizer.json"
            .formatted(
                name,
                BYTES,
                Arrays.stream(PublishedVocabulary.values())
                    .map(PublishedVocabulary::text)
                    .collect(Collectors.joining(", "))));
  }
}
