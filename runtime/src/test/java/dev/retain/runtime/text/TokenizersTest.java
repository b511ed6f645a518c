package dev.retain.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizersTest {
  private static final String TEXT = "It is a truth: 1 \u20ac, \ud83d\ude00 and <|endoftext|>.\n";

  private static final String BYTE_LEVEL =
      """
      {"version": "1.0", "added_tokens": [
         {"id": 9, "content": "<|endoftext|>", "special": true, "single_word": false,
          "lstrip": false, "rstrip": false, "normalized": false}],
       "normalizer": null, "post_processor": null, "truncation": null, "padding": null,
       "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
       "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
       "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
         "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
         "vocab": {"a": 0, "b": 1, "\u0120": 2, "\u00e2": 3, "\u0124": 4, "\u00ac": 5, "ab": 6, "\u0120ab": 7, "\u0124\u00ac": 8},
         "merges": ["a b", "\u0120 ab", "\u0124 \u00ac"]}}
      """;

  @TempDir Path folder;

  private static String decoded(Tokenizer tokenizer, int[] tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int token : tokens) {
      bytes.writeBytes(tokenizer.bytes(token));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void bytesAreTokens() {
    assertThat(Tokenizers.of("bytes").encode("a\u20ac")).containsExactly(0x61, 0xe2, 0x82, 0xac);
    assertThat(Tokenizers.of("bytes").endOfText()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "r50k_base", "p50k_base", "cl100k_base", "o200k_base"})
  void publishedVocabulariesGiveBackTheText(String name) {
    Tokenizer tokenizer = Tokenizers.of(name);
    int[] tokens = tokenizer.encode(TEXT);
    assertThat(decoded(tokenizer, tokens)).isEqualTo(TEXT);
    assertThat(tokens.length).isLessThan(TEXT.length());
    int end = tokenizer.endOfText().orElseThrow();
    assertThat(end).isLessThan(tokenizer.vocabularySize());
    assertThat(tokens).doesNotContain(end);
    assertThat(tokenizer.bytes(end)).isEmpty();
  }

  @Test
  void gpt2HasTheIdsOfItsPublication() {
    assertThat(Tokenizers.of("gpt2").encode("Hello world")).containsExactly(15496, 995);
    assertThat(Tokenizers.of("cl100k_base").encode("Hello world")).containsExactly(9906, 1917);
  }

  @Test
  void aFileOfHuggingFaceIsRead() throws IOException {
    Path file = Files.writeString(folder.resolve("tokenizer.json"), BYTE_LEVEL);
    Tokenizer tokenizer = Tokenizers.of(file.toString());
    assertThat(tokenizer.vocabularySize()).isEqualTo(10);
    assertThat(tokenizer.endOfText()).hasValue(9);
    int[] tokens = tokenizer.encode("ab ab\u20aca");
    assertThat(tokens).containsExactly(6, 7, 3, 8, 0);
    assertThat(decoded(tokenizer, tokens)).isEqualTo("ab ab\u20aca");
    assertThat(tokenizer.bytes(9)).isEmpty();
    assertThat(tokenizer.bytes(8)).containsExactly(0x82, 0xac);
    assertThatThrownBy(() -> tokenizer.bytes(10)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tokensOfOtherDecodersStandForTheirBytes() {
    TokenizerJson json =
        TokenizerJson.read(
            folder,
            """
            {"model": {"vocab": [["<unk>", 0.0], ["\u2581the", -1.5], ["<0xE2>", -2.0]]},
             "decoder": {"type": "Sequence"},
             "added_tokens": [{"id": 0, "content": "<unk>", "special": true}]}
            """);
    assertThat(new String(json.bytes(1), StandardCharsets.UTF_8)).isEqualTo(" the");
    assertThat(json.bytes(2)).containsExactly(0xe2);
    assertThat(json.bytes(0)).isEmpty();
    assertThat(json.endOfText()).isEmpty();
  }

  @Test
  void whatIsNoTokenizerIsSaid() throws IOException {
    assertThatThrownBy(() -> Tokenizers.of("gpt5"))
        .isInstanceOf(TextException.class)
        .hasMessage(
            "there is no tokenizer 'gpt5'; choose bytes, r50k_base, p50k_base, cl100k_base,"
                + " o200k_base, or a file tokenizer.json");
    Path file = Files.writeString(folder.resolve("other.json"), "{\"a\": 1}");
    assertThatThrownBy(() -> Tokenizers.of(file.toString()))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("other.json: it is no tokenizer: it has no model");
    Path damaged = Files.writeString(folder.resolve("damaged.json"), "{\"a");
    assertThatThrownBy(() -> Tokenizers.of(damaged.toString()))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("damaged.json: it is no tokenizer: ");
  }
}
