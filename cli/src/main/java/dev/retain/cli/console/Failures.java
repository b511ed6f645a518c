package dev.retain.cli.console;

import dev.retain.runtime.RetainException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Turns what a command throws into a message and an exit code; the only place that does.
 *
 * @param explain the message of a further kind of mistake of the user's, or nothing
 */
record Failures(String program, Console console, Function<Throwable, Optional<String>> explain) {
  int report(Throwable failure, boolean debug) {
    Optional<String> message = messageOf(failure);
    message.ifPresent(console.err()::println);
    if (debug) {
      console.err().print(trace(failure));
    }
    return message.isPresent() ? ExitCode.WRONG_INPUT : reportBug(failure, debug);
  }

  private Optional<String> messageOf(Throwable failure) {
    return switch (failure) {
      case RetainException e -> Optional.of(program + ": " + e.getMessage());
      case OutOfMemoryError e -> Optional.of(program + ": " + outOfMemory(e));
      case Throwable e -> explain.apply(e);
    };
  }

  private static String outOfMemory(OutOfMemoryError error) {
    return String.format(
        Locale.ROOT,
        "not enough memory (%s; the JVM's heap may have at most %.1f GiB); use a smaller model,"
            + " shorter windows (--length) or a smaller batch, or allow more, for example:"
            + " JDK_JAVA_OPTIONS=-Xmx16g",
        error.getMessage(),
        Runtime.getRuntime().maxMemory() / 0x1p30);
  }

  private int reportBug(Throwable failure, boolean debug) {
    console.err().println(program + ": internal error: " + failure);
    console.err().println("This is a mistake in Retain, not in what you gave it.");
    if (!debug) {
      console.err().println(written(failure));
    }
    return ExitCode.BUG;
  }

  private String written(Throwable failure) {
    String trace = trace(failure);
    try {
      Path file = Files.createTempFile("retain-error-", ".txt");
      Files.writeString(file, "Java " + Runtime.version() + "\n" + trace);
      return "Please report it, with your command line and this file: " + file;
    } catch (IOException e) {
      return "Please report it, with your command line and this:\n" + trace;
    }
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
