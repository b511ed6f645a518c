package dev.retain.compiler.diagnostics;

/**
 * The one list of everything that the compiler can say about a program. A code is never reused for
 * another meaning.
 *
 * <p>1xx text and syntax, 2xx names, 3xx hyperparameters and sizes, 4xx shapes, 5xx recurrences and
 * forms, 6xx lowering, 7xx weights and jars.
 */
public enum Code {
  // 1xx: text and syntax
  UNREADABLE_FILE("E0101", "the file cannot be read"),
  FILE_TOO_LARGE("E0102", "the file is too large"),
  NOT_UTF8("E0103", "the file is not UTF-8"),
  UNKNOWN_CHARACTER("E0104", "these characters mean nothing here"),
  BAD_NUMBER("E0105", "a number is malformed"),
  OPEN_STRING("E0106", "a text in quotes has no end"),
  UNEXPECTED("E0107", "something else was expected here"),
  RESERVED_WORD("E0108", "a reserved word is used as a name"),
  MISSING_BRACE("E0109", "a brace is not closed"),
  TOO_DEEP("E0110", "an expression nests too deep"),
  ARGUMENT_ORDER("E0111", "an argument by position follows one by name"),
  DISTRIBUTION_AS_VALUE("E0112", "random initial values are written with `~`"),
  TOO_MANY_ERRORS("E0113", "the file has too many syntax errors"),
  ;

  private final String id;
  private final String title;

  Code(String id, String title) {
    this.id = id;
    this.title = title;
  }

  /** The code as users see it: {@code E0107}. */
  public String id() {
    return id;
  }

  /** What every diagnostic of this code says, without the particulars. */
  public String title() {
    return title;
  }
}
