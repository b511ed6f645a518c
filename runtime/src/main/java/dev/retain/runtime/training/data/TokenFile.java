package dev.retain.runtime.training.data;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.TrainingException;
import dev.retain.runtime.weights.SafetensorsFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * Tokens that somebody else has made.
 *
 * @param rows if they are in rows, how many; each row is a document
 * @param length if they are in rows, tokens of a row
 */
public record TokenFile(Corpus corpus, OptionalInt rows, OptionalInt length) {
  private static final String USUAL_NAME = "input_ids";

  /**
   * Reads a safetensors file.
   *
   * @throws TrainingException if it has no tensor of tokens, or several and none named input_ids
   * @throws dev.retain.runtime.RetainException if it cannot be read
   */
  public static TokenFile read(Path path) {
    try (SafetensorsFile file = SafetensorsFile.open(path);
        Arena arena = Arena.ofConfined()) {
      String name = name(file);
      NativeTensor tokens = file.read(name, arena);
      long[] shape = tokens.shape();
      long length = shape.length == 2 ? shape[1] : tokens.size();
      CorpusBuilder corpus = new CorpusBuilder(Integer.MAX_VALUE);
      for (long i = 0; i < tokens.size(); i++) {
        if (i % length == 0) {
          corpus.startDocument();
        }
        corpus.add(token(path, name, tokens, i));
      }
      if (length < 2) {
        throw new TrainingException(
            "%s: there is nothing to learn from: every token of a row but the first is predicted, so rows need two or more"
                .formatted(path));
      }
      return shape.length == 2
          ? new TokenFile(corpus.build(), whole(shape[0]), whole(shape[1]))
          : new TokenFile(corpus.build(), OptionalInt.empty(), OptionalInt.empty());
    }
  }

  private static OptionalInt whole(long number) {
    return OptionalInt.of(Math.toIntExact(number));
  }

  private static int token(Path path, String name, NativeTensor tokens, long index) {
    double token = tokens.getDouble(index);
    if (token < 0 || token >= Integer.MAX_VALUE) {
      throw new TrainingException(
          "%s: tensor \"%s\" has %.0f at place %d, which is no token"
              .formatted(path, name, token, index));
    }
    return (int) token;
  }

  private static String name(SafetensorsFile file) {
    List<String> names =
        file.names().stream()
            .filter(name -> file.type(name) == ElementType.I64)
            .filter(name -> file.shape(name).length == 1 || file.shape(name).length == 2)
            .toList();
    if (names.contains(USUAL_NAME)) {
      return USUAL_NAME;
    }
    if (names.size() != 1) {
      throw new TrainingException(
          "%s: expected one tensor of whole numbers, of one axis or two, or several and one named %s; found %s"
              .formatted(file.path(), USUAL_NAME, names));
    }
    return names.getFirst();
  }
}
