package dev.retain.cli.console;

import picocli.CommandLine;

/** What the process tells its caller. */
public final class ExitCode {
  public static final int OK = CommandLine.ExitCode.OK;

  /** A file or value of the user's is wrong, or the machine is too small. */
  public static final int WRONG_INPUT = 1;

  /** The command line itself is wrong. */
  public static final int WRONG_COMMAND = 2;

  /** A mistake of this program. */
  public static final int BUG = 3;

  /** Ctrl-C or a signal to end was followed. */
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
