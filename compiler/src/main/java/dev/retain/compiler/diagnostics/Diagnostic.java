package dev.retain.compiler.diagnostics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One thing said to the user.
 *
 * @param message what was expected and what was found, in one line without a full stop
 * @param help what to do, when it is known
 * @param notes other places that matter, in the order to read them
 */
public record Diagnostic(
    Code code,
    Severity severity,
    Span span,
    String message,
    Optional<String> help,
    List<Note> notes) {
  public Diagnostic {
    notes = List.copyOf(notes);
  }

  Diagnostic withHelp(String text) {
    return new Diagnostic(code, severity, span, message, Optional.of(text), notes);
  }

  Diagnostic withNote(Note note) {
    List<Note> more = new ArrayList<>(notes);
    more.add(note);
    return new Diagnostic(code, severity, span, message, help, more);
  }

  /** The same at another place; its own place becomes the first note. */
  Diagnostic movedTo(Span place, String noteOnOwnPlace) {
    List<Note> more = new ArrayList<>(List.of(new Note(span, noteOnOwnPlace)));
    more.addAll(notes);
    return new Diagnostic(code, severity, place, message, help, more);
  }

  /** One line without the source text: place, severity, code and message. */
  @Override
  public String toString() {
    String place = span.isNone() ? "" : span + ": ";
    return place + severity + " " + code.id() + ": " + message;
  }
}
