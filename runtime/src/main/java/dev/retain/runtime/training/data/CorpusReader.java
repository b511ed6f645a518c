package dev.retain.runtime.training.data;

import dev.retain.runtime.files.FileException;
import dev.retain.runtime.text.ByteTokenizer;
import dev.retain.runtime.text.TextInput;
import dev.retain.runtime.text.Tokenizer;
import dev.retain.runtime.training.TrainingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Reads texts, each of which becomes a document. */
public final class CorpusReader {
  private static final Path STANDARD_INPUT = Path.of("-");

  private final Tokenizer tokenizer;
  private final CorpusBuilder corpus;

  private CorpusReader(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.corpus = new CorpusBuilder(tokenizer.vocabularySize());
  }

  /**
   * Reads files and folders in their order.
   *
   * @param paths files in UTF-8, packed if their names end with {@code .gz}; folders, of which all
   *     files are read, in the order of their paths, but none whose name begins with a dot; {@code
   *     -} for standard input
   * @throws TrainingException if there is nothing to predict in them
   * @throws dev.retain.runtime.RetainException if one cannot be read, or is not in UTF-8
   */
  public static Corpus read(List<Path> paths, Tokenizer tokenizer, InputStream standardInput) {
    CorpusReader reader = new CorpusReader(tokenizer);
    for (Path path : paths) {
      if (path.equals(STANDARD_INPUT)) {
        reader.document(sink -> TextInput.read(Path.of("standard input"), standardInput, sink));
      } else {
        files(path).forEach(file -> reader.document(sink -> TextInput.read(file, sink)));
      }
    }
    Corpus corpus = reader.corpus.build();
    if (corpus.targets() == 0) {
      throw new TrainingException(
          "%s: there is nothing to learn from: every token of a text but the first is predicted, so give a text of two or more"
              .formatted(String.join(", ", paths.stream().map(Path::toString).toList())));
    }
    return corpus;
  }

  private static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> all = Files.walk(path)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !isHidden(path.relativize(file)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw FileException.reading(path, e);
    }
  }

  private static boolean isHidden(Path file) {
    for (Path part : file) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private void document(Consumer<Consumer<ByteBuffer>> text) {
    corpus.startDocument();
    if (tokenizer instanceof ByteTokenizer) {
      text.accept(this::addBytes);
      return;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    text.accept(bytes -> {
      byte[] part = new byte[bytes.remaining()];
      bytes.get(part);
      whole.writeBytes(part);
    });
    if (whole.size() > 0) {
      for (int token : tokenizer.encode(whole.toString(StandardCharsets.UTF_8))) {
        corpus.add(token);
      }
      tokenizer.endOfText().ifPresent(corpus::add);
    }
  }

  private void addBytes(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      corpus.add(bytes.get() & 0xff);
    }
  }

  /** How many bytes of text each token stands for. */
  public static int[] bytesOfTokens(Tokenizer tokenizer) {
    int[] lengths = new int[tokenizer.vocabularySize()];
    for (int token = 0; token < lengths.length; token++) {
      try {
        lengths[token] = tokenizer.bytes(token).length;
      } catch (IllegalArgumentException e) {
        // Vocabularies have gaps, of which no text is made.
        lengths[token] = 0;
      }
    }
    return lengths;
  }
}
