package dev.retain.runtime.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which bytes each token of a file {@code tokenizer.json} stands for, which its library does not
 * tell of tokens that are part of a character.
 */
final class TokenizerJson {
  private static final List<String> ENDS =
      List.of("<|endoftext|>", "</s>", "<|end_of_text|>", "<eos>", "[SEP]");

  private final Map<Integer, String> tokens;
  private final Set<Integer> special;
  private final boolean byteLevel;

  private TokenizerJson(Map<Integer, String> tokens, Set<Integer> special, boolean byteLevel) {
    this.tokens = tokens;
    this.special = special;
    this.byteLevel = byteLevel;
  }

  /**
   * Reads the text of a file.
   *
   * @throws TextException if it is no tokenizer with a vocabulary
   */
  static TokenizerJson read(Path file, String text) {
    JsonNode root = tree(file, text);
    Map<Integer, String> tokens = new HashMap<>();
    JsonNode vocabulary = root.path("model").path("vocab");
    if (vocabulary.isArray()) {
      for (JsonNode entry : vocabulary) {
        tokens.put(tokens.size(), entry.path(0).asString());
      }
    } else {
      vocabulary
          .properties()
          .forEach(entry -> tokens.put(entry.getValue().asInt(), entry.getKey()));
    }
    Set<Integer> special = new HashSet<>();
    for (JsonNode added : root.path("added_tokens")) {
      tokens.put(added.path("id").asInt(), added.path("content").asString());
      if (added.path("special").asBoolean()) {
        special.add(added.path("id").asInt());
      }
    }
    if (tokens.isEmpty()) {
      throw new TextException(file + ": it is no tokenizer: it has no model with a vocabulary");
    }
    boolean byteLevel = root.path("decoder").toString().contains("\"ByteLevel\"");
    return new TokenizerJson(tokens, special, byteLevel);
  }

  private static JsonNode tree(Path file, String text) {
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      throw new TextException(file + ": it is no tokenizer: " + e.getOriginalMessage());
    }
  }

  /** One more than the largest id. */
  int size() {
    return tokens.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
  }

  OptionalInt endOfText() {
    return ENDS.stream()
        .flatMapToInt(end ->
            special.stream().filter(id -> end.equals(tokens.get(id))).mapToInt(Integer::intValue))
        .findFirst();
  }

  /** Nothing for a special token. */
  byte[] bytes(int token) {
    String text = tokens.get(token);
    if (text == null) {
      throw new IllegalArgumentException("no token: " + token);
    }
    if (special.contains(token)) {
      return new byte[0];
    }
    if (text.matches("<0x[0-9A-Fa-f]{2}>")) {
      return new byte[] {(byte) Integer.parseInt(text.substring(3, 5), 16)};
    }
    return byteLevel
        ? bytesOfLetters(text)
        : text.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytesOfLetters(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    text.codePoints()
        .forEach(letter -> {
          int value = ByteLetters.OF_BYTE.indexOf(letter);
          if (value >= 0) {
            bytes.write(value);
          } else {
            bytes.writeBytes(Character.toString(letter).getBytes(StandardCharsets.UTF_8));
          }
        });
    return bytes.toByteArray();
  }

  /**
   * GPT-2's letters for bytes: printable ones stand for themselves, the others in their order for
   * the letters from U+0100.
   */
  private static final class ByteLetters {
    static final String OF_BYTE = letters();

    private static String letters() {
      StringBuilder letters = new StringBuilder();
      int others = 0x100;
      for (int value = 0; value < 0x100; value++) {
        boolean isPrintable = value > 0x20 && value < 0x7f || value > 0xa0 && value != 0xad;
        letters.append((char) (isPrintable ? value : others++));
      }
      return letters.toString();
    }
  }
}
