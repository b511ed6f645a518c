package dev.retain.cli.console;

import dev.retain.runtime.progress.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err all else: messages, summaries
 * @param outIsTerminal whether a person reads {@code out}, at once
 * @param errIsTerminal whether a person reads {@code err}
 */
public record Console(
    PrintStream out, PrintStream err, boolean outIsTerminal, boolean errIsTerminal) {
  /** The streams of the process, in UTF-8 whatever the locale says. */
  public static Console standard() {
    return new Console(
        utf8(FileDescriptor.out),
        utf8(FileDescriptor.err),
        Terminal.STANDARD_OUTPUT.isConnected(),
        Terminal.STANDARD_ERROR.isConnected());
  }

  private static PrintStream utf8(FileDescriptor file) {
    return new PrintStream(new FileOutputStream(file), true, StandardCharsets.UTF_8);
  }
}
