package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a command did: its exit code and what it wrote. */
public record Outcome(int code, String out, String err) {
  /** Runs {@code retain} in this process. */
  public static Outcome of(Object... arguments) {
    return of(false, arguments);
  }

  /** Runs it for a person who sees what it writes. */
  static Outcome onTerminal(Object... arguments) {
    return of(true, arguments);
  }

  private static Outcome of(boolean terminal, Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(utf8(out), utf8(err), terminal, terminal);
    String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    int code = Main.run(console, texts);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream utf8(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  /** A model's definition among the test's resources. */
  public static Path small() {
    return Path.of("src/test/resources/small.ret").toAbsolutePath();
  }

  public Outcome isFine() {
    assertThat(code).as(err).isZero();
    return this;
  }

  /** The user's input was wrong, and one message without a stack trace says how. */
  Outcome saysWrongInput(String... parts) {
    assertThat(code).as(out + err).isEqualTo(1);
    assertThat(err).contains(parts).doesNotContain("\tat ").doesNotContain("Exception");
    return this;
  }

  /** The last line of the output. */
  public JsonNode json() {
    return JsonMapper.shared().readTree(out.lines().reduce("", (before, last) -> last));
  }
}
