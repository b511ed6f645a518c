package dev.retain.compiler.diagnostics;

import java.util.ArrayList;
import java.util.List;

/** A line as a terminal shows it, with carets under a span; very long lines are cut around it. */
record Excerpt(String text, String carets) {
  private static final int WIDEST = 100;
  private static final int BEFORE_SPAN = 40;
  private static final int TAB = 4;
  private static final String CUT = "\u2026";

  /** What one code point takes on the screen. */
  private record Cell(String text, int column, int width) {
    int end() {
      return column + width;
    }
  }

  static Excerpt of(Span span) {
    Source source = span.source();
    int line = span.line();
    int lineEnd = source.lineEnd(line);
    String text = source.lineText(line);
    int start = Math.min(span.start(), lineEnd) - source.lineStart(line);
    int end = Math.min(span.end(), lineEnd) - source.lineStart(line);

    List<Cell> cells = new ArrayList<>();
    int column = 0;
    int first = -1;
    int last = -1;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      first = i == start ? column : first;
      last = i == end ? column : last;
      Cell cell = cell(text.codePointAt(i), column);
      cells.add(cell);
      column = cell.end();
    }
    first = first < 0 ? column : first;
    last = Math.max(first + 1, last < 0 ? column : last);
    return cut(cells, column, first, last);
  }

  private static Excerpt cut(List<Cell> cells, int width, int first, int last) {
    int from = width <= WIDEST ? 0 : Math.max(0, Math.min(first - BEFORE_SPAN, width - WIDEST));
    int to = width <= WIDEST ? width : from + WIDEST;
    StringBuilder text = new StringBuilder(from > 0 ? CUT : "");
    int shownFrom = -1;
    int shownTo = from;
    for (Cell cell : cells) {
      if (cell.column >= from && cell.end() <= to) {
        text.append(cell.text);
        shownFrom = shownFrom < 0 ? cell.column : shownFrom;
        shownTo = cell.end();
      }
    }
    text.append(to < width ? CUT : "");
    int before = first - Math.max(0, shownFrom) + (from > 0 ? CUT.length() : 0);
    int carets = Math.min(last, Math.max(shownTo, first + 1)) - first;
    return new Excerpt(text.toString(), " ".repeat(before) + "^".repeat(carets));
  }

  private static Cell cell(int character, int column) {
    if (character == '\t') {
      int width = TAB - column % TAB;
      return new Cell(" ".repeat(width), column, width);
    }
    return switch (Character.getType(character)) {
      // Shown raw, these would move the cursor or turn the direction of the text.
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE ->
          new Cell("\uFFFD", column, 1);
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK ->
          new Cell(Character.toString(character), column, 0);
      default -> new Cell(Character.toString(character), column, isWide(character) ? 2 : 1);
    };
  }

  /** East Asian wide and full-width characters, and emoji. */
  private static boolean isWide(int character) {
    return character >= 0x1100
        && (character <= 0x115F
            || character >= 0x2E80 && character <= 0xA4CF && character != 0x303F
            || character >= 0xAC00 && character <= 0xD7A3
            || character >= 0xF900 && character <= 0xFAFF
            || character >= 0xFE30 && character <= 0xFE6F
            || character >= 0xFF00 && character <= 0xFF60
            || character >= 0xFFE0 && character <= 0xFFE6
            || character >= 0x1F300 && character <= 0x1FAFF
            || character >= 0x20000 && character <= 0x3FFFD);
  }
}
