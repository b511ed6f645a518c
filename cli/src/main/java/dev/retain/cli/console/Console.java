package dev.retain.cli.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err all else: messages, summaries
 * @param terminal whether a person reads {@code err}
 */
public record Console(PrintStream out, PrintStream err, boolean terminal) {
  /** The streams of the process, in UTF-8 whatever the locale says. */
  public static Console standard() {
    return new Console(
        utf8(FileDescriptor.out), utf8(FileDescriptor.err), System.console() != null);
  }

  private static PrintStream utf8(FileDescriptor file) {
    return new PrintStream(new FileOutputStream(file), true, StandardCharsets.UTF_8);
  }
}
