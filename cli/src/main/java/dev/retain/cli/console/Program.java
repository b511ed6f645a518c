package dev.retain.cli.console;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** A program of several commands. */
public final class Program {
  private final String label;
  private final CommandLine commandLine;
  private final Failures failures;
  private final Console console;

  /**
   * @param name how people call it, such as {@code retain}
   * @param explain the message of an exception that a mistake of the user's causes; those of the
   *     runtime are known already
   */
  public Program(String name, Console console, Function<Throwable, Optional<String>> explain) {
    this.console = console;
    this.label = name.substring(name.lastIndexOf(' ') + 1);
    this.failures = new Failures(label, console, explain);
    CommandSpec root = CommandSpec.forAnnotatedObject(new Root()).name(name);
    root.version("Retain " + version() + " (Java " + Runtime.version() + ")");
    this.commandLine = new CommandLine(root);
  }

  private static String version() {
    String version = Program.class.getPackage().getImplementationVersion();
    return version == null ? "from unpackaged classes" : version;
  }

  @CommandLine.Command(
      synopsisSubcommandLabel = "COMMAND",
      headerHeading = "Linear-recurrence sequence models: one time step in, three forms out.%n%n",
      commandListHeading = "%nCommands:%n",
      footer = {
        "",
        "Exit codes: 0 fine, 1 wrong input, 2 wrong command line, 3 a mistake in Retain.",
      })
  private static final class Root {
    @CommandLine.Mixin private CommonOptions common;

    @CommandLine.Option(
        names = {"-V", "--version"},
        versionHelp = true,
        description = "Show the version and exit.")
    private boolean version;
  }

  /**
   * Adds a command.
   *
   * @param command an object with picocli's annotations
   * @param example its arguments, as its help shows them
   */
  public Program with(Object command, String example) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(command);
    return with(spec, example);
  }

  /** Adds a command that has been put together already. */
  public Program with(CommandSpec spec, String example) {
    String line = "  " + commandLine.getCommandName() + " " + spec.name() + " " + example;
    spec.usageMessage().footer("", "Example:", line.strip().indent(2).stripTrailing());
    commandLine.addSubcommand(spec.name(), spec);
    return this;
  }

  /** Runs the command that the arguments name, and returns its exit code. */
  public int run(String... arguments) {
    PrintWriter out = new PrintWriter(console.out(), true);
    PrintWriter err = new PrintWriter(console.err(), true);
    commandLine
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(false)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(this::wrongCommand)
        .setExecutionExceptionHandler((e, _, parsed) -> failures.report(e, isDebug(parsed)));
    try {
      return arguments.length == 0 ? missingCommand() : commandLine.execute(arguments);
    } catch (OutOfMemoryError | StackOverflowError | LinkageError | AssertionError e) {
      return failures.report(e, commandLine.getParseResult() != null && isDebug(parsed()));
    } finally {
      out.flush();
      err.flush();
    }
  }

  private ParseResult parsed() {
    return commandLine.getParseResult();
  }

  private int missingCommand() {
    commandLine.usage(commandLine.getErr());
    return ExitCode.WRONG_COMMAND;
  }

  private static boolean isDebug(ParseResult parsed) {
    return parsed.hasMatchedOption(CommonOptions.DEBUG)
        || parsed.hasSubcommand() && isDebug(parsed.subcommand());
  }

  private int wrongCommand(ParameterException thrown, String[] arguments) {
    ParameterException e = causeOf(thrown);
    PrintWriter err = e.getCommandLine().getErr();
    err.println(label + ": " + e.getMessage());
    boolean suggested = UnmatchedArgumentException.printSuggestions(e, err);
    if (!suggested
        && e instanceof UnmatchedArgumentException unknown
        && unknown.isUnknownOption()) {
      err.println("Its options: " + options(e.getCommandLine().getCommandSpec()));
    }
    err.println("For help: " + e.getCommandLine().getCommandSpec().qualifiedName(" ") + " --help");
    return ExitCode.WRONG_COMMAND;
  }

  private static String options(CommandSpec command) {
    return command.options().stream()
        .map(CommandLine.Model.OptionSpec::longestName)
        .collect(Collectors.joining(", "));
  }

  /** A mistyped option is why the right one is missing. */
  private static ParameterException causeOf(ParameterException e) {
    List<String> unknown =
        e instanceof MissingParameterException
            ? e.getCommandLine().getUnmatchedArguments().stream()
                .filter(argument -> argument.startsWith("-"))
                .toList()
            : List.of();
    return unknown.isEmpty() ? e : new UnmatchedArgumentException(e.getCommandLine(), unknown);
  }
}
