package dev.retain.compiler.diagnostics;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Draws diagnostics for a terminal.
 *
 * <pre>{@code
 * error[E0107]: expected an expression in the definition of `x`, found `}`
 *   --> retnet.ret:12:7
 *    |
 * 12 |   x = }
 *    |       ^
 *    = help: ...
 * }</pre>
 */
public final class CaretRenderer {
  private CaretRenderer() {}

  /** All diagnostics, with an empty line between two of them. */
  public static String render(List<Diagnostic> diagnostics) {
    return diagnostics.stream().map(CaretRenderer::render).collect(Collectors.joining("\n"));
  }

  /** One diagnostic; ends with a line end. */
  public static String render(Diagnostic diagnostic) {
    StringBuilder out = new StringBuilder();
    out.append(diagnostic.severity())
        .append('[')
        .append(diagnostic.code().id())
        .append("]: ")
        .append(diagnostic.message())
        .append('\n');
    String margin = " ".repeat(digits(diagnostic));
    place(out, margin, diagnostic.span());
    for (Note note : diagnostic.notes()) {
      out.append(margin).append(" = note: ").append(note.message()).append('\n');
      place(out, margin, note.span());
    }
    diagnostic
        .help()
        .ifPresent(help -> out.append(margin).append(" = help: ").append(help).append('\n'));
    return out.toString();
  }

  private static void place(StringBuilder out, String margin, Span span) {
    if (span.isNone()) {
      return;
    }
    out.append(margin).append("--> ").append(span).append('\n');
    if (!span.hasLine()) {
      return;
    }
    String number = String.valueOf(span.line());
    String gutter = " ".repeat(margin.length() - number.length()) + number + " |";
    Excerpt excerpt = Excerpt.of(span);
    out.append(margin).append(" |\n");
    out.append((gutter + " " + excerpt.text()).stripTrailing()).append('\n');
    out.append(margin).append(" | ").append(excerpt.carets()).append('\n');
  }

  private static int digits(Diagnostic diagnostic) {
    int largest = diagnostic.span().line();
    for (Note note : diagnostic.notes()) {
      largest = Math.max(largest, note.span().line());
    }
    return String.valueOf(largest).length();
  }
}
