package dev.retain.runtime.text;

import ai.djl.huggingface.tokenizers.Encoding;
import dev.retain.runtime.files.FileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/** A file {@code tokenizer.json}, read by Hugging Face's own library, which is native. */
final class HuggingFaceTokenizer implements Tokenizer {
  private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer library;
  private final TokenizerJson vocabulary;

  private HuggingFaceTokenizer(
      ai.djl.huggingface.tokenizers.HuggingFaceTokenizer library, TokenizerJson vocabulary) {
    this.library = library;
    this.vocabulary = vocabulary;
  }

  static HuggingFaceTokenizer open(Path file) {
    // The library would else look for models, and tell its makers that it is used.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    try {
      TokenizerJson vocabulary = TokenizerJson.read(file, Files.readString(file));
      return new HuggingFaceTokenizer(
          ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(file), vocabulary);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    } catch (RuntimeException e) {
      throw e instanceof TextException
          ? e
          : new TextException(file + ": it is no tokenizer: " + e.getMessage());
    }
  }

  @Override
  public int vocabularySize() {
    return vocabulary.size();
  }

  @Override
  public int[] encode(String text) {
    Encoding encoding = library.encode(text, false, false);
    return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public byte[] bytes(int token) {
    return vocabulary.bytes(token);
  }

  @Override
  public OptionalInt endOfText() {
    return vocabulary.endOfText();
  }
}
