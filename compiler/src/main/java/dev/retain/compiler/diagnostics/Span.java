package dev.retain.compiler.diagnostics;

/**
 * The characters from {@code start} (inclusive) to {@code end} (exclusive) of a source; empty for a
 * point in the text.
 */
public record Span(Source source, int start, int end) {
  private static final Span NONE = new Span(new Source("", ""), 0, 0);

  public Span {
    if (start < 0 || end < start || end > source.text().length()) {
      throw new IllegalArgumentException(
          "span " + start + ".." + end + " of " + source.text().length() + " characters");
    }
  }

  /** The place of something that stands in no text, such as a value from the command line. */
  public static Span none() {
    return NONE;
  }

  /** The place of a whole file: its name without a line. */
  public static Span file(String name) {
    return new Span(new Source(name, ""), 0, 0);
  }

  public boolean isNone() {
    return equals(NONE);
  }

  /** Whether the span points into a text; false for none and for a file that was not read. */
  public boolean hasLine() {
    return !source.text().isEmpty();
  }

  public int line() {
    return source.line(start);
  }

  public int column() {
    return source.column(start);
  }

  public String text() {
    return source.text().substring(start, end);
  }

  /** The span from the start of this one to the end of a later one of the same source. */
  public Span to(Span last) {
    return new Span(source, start, Math.max(end, last.end));
  }

  @Override
  public String toString() {
    return hasLine() ? source.name() + ":" + line() + ":" + column() : source.name();
  }
}
