package dev.retain.cli.console;

import picocli.CommandLine.Option;

/** What every command understands. */
public final class CommonOptions {
  static final String DEBUG = "--debug";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = DEBUG,
      description = "Show the stack trace of an error, for a report of a mistake in this program.")
  private boolean debug;
}
