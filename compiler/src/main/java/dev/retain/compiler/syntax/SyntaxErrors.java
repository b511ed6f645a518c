package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostic;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import org.antlr.v4.runtime.misc.ParseCancellationException;

/** The syntax errors of one file: in the order of the text, and not more than can be read. */
final class SyntaxErrors {
  private static final int MOST = 100;

  private final Diagnostics found = new Diagnostics();
  private final Set<Integer> foreignLines = new HashSet<>();

  /**
   * Reports an error among the tokens; what the parser then says about the same line would only
   * repeat it.
   */
  Diagnostics.Report foreign(Code code, Span span, String message) {
    foreignLines.add(span.line());
    return add(code, span, message);
  }

  boolean hasForeign(Span span) {
    return foreignLines.contains(span.line());
  }

  /**
   * Reports an error.
   *
   * @throws ParseCancellationException when there are too many to go on
   */
  Diagnostics.Report add(Code code, Span span, String message) {
    if (found.errorCount() == MOST) {
      found
          .error(
              Code.TOO_MANY_ERRORS,
              span,
              "more than " + MOST + " syntax errors; the rest is not read")
          .help("correct the first ones; is it a `.ret` file at all?");
      throw new ParseCancellationException();
    }
    return found.error(code, span, message);
  }

  boolean any() {
    return found.hasErrors();
  }

  void moveTo(Diagnostics diagnostics) {
    found.list().stream()
        .sorted(Comparator.comparingInt((Diagnostic diagnostic) -> diagnostic.span().start()))
        .forEach(diagnostics::add);
  }
}
