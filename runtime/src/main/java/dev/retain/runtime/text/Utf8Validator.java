package dev.retain.runtime.text;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Checks that a stream of bytes is valid UTF-8, piece by piece. As the standard has it, overlong
 * forms, surrogates and values over U+10FFFF are not valid.
 */
final class Utf8Validator {
  private final Path file;
  private long offset;
  private long line = 1;
  private long characterStart;
  private int missing;
  private int least;
  private int most;

  Utf8Validator(Path file) {
    this.file = file;
  }

  /** Checks the bytes between a buffer's position and its limit, which stay as they are. */
  void check(ByteBuffer bytes) {
    for (int i = bytes.position(); i < bytes.limit(); i++) {
      check(bytes.get(i) & 0xff);
      offset++;
    }
  }

  /** Checks that the bytes did not end inside a character. */
  void finish() {
    if (missing > 0) {
      throw wrong("the file ends inside a character");
    }
  }

  private void check(int value) {
    if (missing > 0) {
      if (value < least || value > most) {
        throw wrong("found byte 0x%02x inside a character".formatted(value));
      }
      missing--;
      least = 0x80;
      most = 0xbf;
    } else if (value < 0x80) {
      line += value == '\n' ? 1 : 0;
    } else {
      startCharacter(value);
    }
  }

  private void startCharacter(int value) {
    characterStart = offset;
    if (value < 0xc2 || value > 0xf4) {
      throw wrong("found byte 0x%02x, which begins no character".formatted(value));
    }
    missing = value < 0xe0 ? 1 : value < 0xf0 ? 2 : 3;
    // The second byte alone tells overlong forms, surrogates and too large values.
    least = value == 0xe0 ? 0xa0 : value == 0xf0 ? 0x90 : 0x80;
    most = value == 0xed ? 0x9f : value == 0xf4 ? 0x8f : 0xbf;
  }

  private TextException wrong(String problem) {
    return new TextException(
        "%s: not valid UTF-8 at byte %d, line %d: %s; convert the file first, for example: iconv -f ISO-8859-1 -t UTF-8"
            .formatted(file, characterStart, line, problem));
  }
}
