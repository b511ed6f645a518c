package dev.retain.compiler.diagnostics;

/** A pass made something that no pass may make: a mistake of the compiler, not of its user. */
public final class CompilerMistakeException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problem what is wrong, in one line
   * @param dump what the pass made, as text
   */
  public CompilerMistakeException(String problem, String dump) {
    super("a mistake of the compiler: " + problem + "\n" + dump);
  }
}
