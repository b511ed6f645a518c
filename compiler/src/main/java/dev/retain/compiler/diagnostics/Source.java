package dev.retain.compiler.diagnostics;

import java.util.Arrays;

/**
 * A text with the name under which the user knows it (a path, or {@code std.layers}).
 *
 * <p>Offsets count UTF-16 units of the text; lines and columns count from 1, columns in code
 * points. Lines end with {@code \n}, {@code \r\n} or a lone {@code \r}. Two sources are equal when
 * they are the same object.
 */
public final class Source {
  private final String name;
  private final String text;
  private final int[] lineStarts;

  public Source(String name, String text) {
    this.name = name;
    this.text = text;
    this.lineStarts = lineStarts(text);
  }

  public String name() {
    return name;
  }

  /** Whether it is a file of the standard library, which the user did not write. */
  public boolean isStandard() {
    return name.startsWith("std.");
  }

  public String text() {
    return text;
  }

  public int lineCount() {
    return lineStarts.length;
  }

  /** The line of an offset between 0 and the length of the text. */
  public int line(int offset) {
    int found = Arrays.binarySearch(lineStarts, offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  public int column(int offset) {
    return text.codePointCount(lineStart(line(offset)), offset) + 1;
  }

  public int lineStart(int line) {
    return lineStarts[line - 1];
  }

  /** The offset after the last character of a line, before its line end. */
  public int lineEnd(int line) {
    int end = line < lineStarts.length ? lineStarts[line] : text.length();
    while (end > lineStart(line) && isLineEnd(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  /** The characters of a line without its line end. */
  public String lineText(int line) {
    return text.substring(lineStart(line), lineEnd(line));
  }

  @Override
  public String toString() {
    return name;
  }

  private static boolean isLineEnd(char character) {
    return character == '\n' || character == '\r';
  }

  private static int[] lineStarts(String text) {
    int[] starts = new int[64];
    int count = 1;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      boolean pair = character == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
      if (isLineEnd(character) && !pair) {
        if (count == starts.length) {
          starts = Arrays.copyOf(starts, 2 * count);
        }
        starts[count++] = i + 1;
      }
    }
    return Arrays.copyOf(starts, count);
  }
}
