package dev.retain.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.files.FileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8FileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 65536, 1_000_000})
  void readsWindowsOfAnyLength(int window) throws IOException {
    byte[] text = "one € of each: é 🙂\n".repeat(8000).getBytes(StandardCharsets.UTF_8);
    try (Utf8File file = open(text)) {
      assertThat(file.size()).isEqualTo(text.length);
      int[] tokens = new int[window + 2];
      int position = 0;
      int read;
      do {
        Arrays.fill(tokens, -1);
        read = file.read(tokens, 1, window);
        assertThat(read).isEqualTo(Math.min(window, text.length - position));
        for (int i = 0; i < read; i++) {
          if (tokens[1 + i] != (text[position + i] & 0xff)) {
            throw new AssertionError("byte " + (position + i));
          }
        }
        assertThat(tokens[0]).isEqualTo(-1);
        assertThat(tokens[1 + read]).isEqualTo(-1);
        position += read;
      } while (read > 0);
      assertThat(file.read(tokens, 0, window)).isZero();
    }
  }

  @Test
  void anEmptyFileHasNoTokens() throws IOException {
    try (Utf8File file = open(new byte[0])) {
      assertThat(file.size()).isZero();
      assertThat(file.read(new int[3], 0, 3)).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "410aff, 2, 2, 'found byte 0xff, which begins no character'",
    "80, 0, 1, 'found byte 0x80, which begins no character'",
    "41c0af, 1, 1, 'found byte 0xc0, which begins no character'",
    "0a0a0ac328, 3, 4, 'found byte 0x28 inside a character'",
    "e08080, 0, 1, 'found byte 0x80 inside a character'",
    "eda080, 0, 1, 'found byte 0xa0 inside a character'",
    "f48fbfbff4908080, 4, 1, 'found byte 0x90 inside a character'",
    "e282ace282, 3, 1, 'the file ends inside a character'",
  })
  void namesWhereAFileIsNotUtf8(String hex, long offset, long line, String problem)
      throws IOException {
    try (Utf8File file = open(HexFormat.of().parseHex(hex))) {
      assertThatThrownBy(() -> file.read(new int[100], 0, 100))
          .isInstanceOf(TextException.class)
          .hasMessage(
              folder.resolve("text")
                  + ": not valid UTF-8 at byte "
                  + offset
                  + ", line "
                  + line
                  + ": "
                  + problem
                  + "; convert the file first, for example: iconv -f ISO-8859-1 -t UTF-8");
    }
  }

  @Test
  void countsBytesAndLinesAcrossBuffers() throws IOException {
    byte[] text = new byte[200_001];
    Arrays.fill(text, (byte) '\n');
    text[200_000] = (byte) 0xe9;
    try (Utf8File file = open(text)) {
      assertThatThrownBy(() -> file.read(new int[300_000], 0, 300_000))
          .hasMessageContaining("at byte 200000, line 200001");
    }
  }

  @Test
  void agreesWithTheJdkOnRandomBytes() {
    Random random = new Random(7);
    int valid = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(4)];
      for (int j = 0; j < bytes.length; j++) {
        // Lead and continuation bytes near the borders, so that many sequences are nearly right.
        bytes[j] =
            (byte)
                (random.nextBoolean() ? 0x80 + random.nextInt(0x40) : 0xc0 + random.nextInt(0x40));
      }
      boolean isValid = isValid(bytes);
      assertThat(isValid).as(HexFormat.of().formatHex(bytes)).isEqualTo(isValidForJdk(bytes));
      valid += isValid ? 1 : 0;
    }
    assertThat(valid).isGreaterThan(200);
  }

  private static boolean isValid(byte[] bytes) {
    Utf8Validator validator = new Utf8Validator(Path.of("random"));
    try {
      validator.check(ByteBuffer.wrap(bytes));
      validator.finish();
      return true;
    } catch (TextException e) {
      return false;
    }
  }

  private static boolean isValidForJdk(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Test
  void whatIsNoFileIsNamed() {
    assertThatThrownBy(() -> Utf8File.open(folder.resolve("missing")))
        .isInstanceOf(FileException.class)
        .hasMessageContaining("there is no such file");
    assertThatThrownBy(() -> Utf8File.open(folder))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("not a regular file");
  }

  private Utf8File open(byte[] bytes) throws IOException {
    return Utf8File.open(Files.write(folder.resolve("text"), bytes));
  }
}
