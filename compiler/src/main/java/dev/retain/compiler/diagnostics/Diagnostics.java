package dev.retain.compiler.diagnostics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects the diagnostics of one compile, so that a phase can report all of its errors. */
public final class Diagnostics {
  private final List<Diagnostic> list = new ArrayList<>();
  private final Set<List<Object>> said = new HashSet<>();
  private int errors;

  /** Adds an error; the result takes its help and notes. */
  public Report error(Code code, Span span, String message) {
    return report(code, Severity.ERROR, span, message);
  }

  /** Adds a warning; the result takes its help and notes. */
  public Report warning(Code code, Span span, String message) {
    return report(code, Severity.WARNING, span, message);
  }

  /** Adds what another collector gathered. */
  public void add(Diagnostic diagnostic) {
    if (diagnostic.severity() == Severity.ERROR) {
      errors++;
    }
    list.add(diagnostic);
  }

  public boolean hasErrors() {
    return errors > 0;
  }

  /** How many errors were reported; one that was said before counts again. */
  public int errorCount() {
    return errors;
  }

  /** Everything so far, in the order in which it was reported. */
  public List<Diagnostic> list() {
    return List.copyOf(list);
  }

  /**
   * Stops the compile between two phases.
   *
   * @throws CompileException with everything so far, when there is an error
   */
  public void throwIfErrors() {
    if (hasErrors()) {
      throw new CompileException(list());
    }
  }

  /**
   * Tells of everything reported since there were {@code count} diagnostics that it happened inside
   * of what stands at {@code span}, where that is not plain from its own place. A place in the
   * standard library becomes the note: the mistake is where the library was used.
   */
  public void noteSince(int count, Span span, String message) {
    for (int i = count; i < list.size(); i++) {
      Diagnostic diagnostic = list.get(i);
      Span own = diagnostic.span();
      boolean inside =
          own.source() == span.source() && own.start() >= span.start() && own.end() <= span.end();
      if (!inside && own.source().isStandard() && !span.source().isStandard()) {
        list.set(i, diagnostic.movedTo(span, "it was found here"));
      } else if (!inside && !own.isNone()) {
        new Report(i).note(span, message);
      }
    }
  }

  /** How many diagnostics there are. */
  public int count() {
    return list.size();
  }

  /** What is said already, because a layer is used twice, say, is not said again. */
  private Report report(Code code, Severity severity, Span span, String message) {
    if (!said.add(List.of(code, span, message))) {
      errors += severity == Severity.ERROR ? 1 : 0;
      return new Report(-1);
    }
    add(new Diagnostic(code, severity, span, message, Optional.empty(), List.of()));
    return new Report(list.size() - 1);
  }

  /** A diagnostic that was added and can still be told more about. */
  public final class Report {
    private final int index;

    private Report(int index) {
      this.index = index;
    }

    /** Says what to do about it. */
    public Report help(String text) {
      if (index >= 0) {
        list.set(index, list.get(index).withHelp(text));
      }
      return this;
    }

    /** Points to another place that matters; one that was just shown is not shown again. */
    public Report note(Span span, String message) {
      if (index >= 0) {
        Diagnostic diagnostic = list.get(index);
        List<Note> notes = diagnostic.notes();
        Span shown = notes.isEmpty() ? diagnostic.span() : notes.getLast().span();
        if (!shown.equals(span)) {
          list.set(index, diagnostic.withNote(new Note(span, message)));
        }
      }
      return this;
    }
  }
}
