package dev.retain.runtime.training.report;

/** Text in HTML. */
final class Html {
  private Html() {}

  /** The text, with what HTML would take for its own written otherwise. */
  static String text(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> shown.append("&amp;");
            case '<' -> shown.append("&lt;");
            case '>' -> shown.append("&gt;");
            case '"' -> shown.append("&quot;");
            case '\n', '\t' -> shown.appendCodePoint(c);
            default -> shown.appendCodePoint(Character.isISOControl(c) ? 0xfffd : c);
          }
        });
    return shown.toString();
  }
}
