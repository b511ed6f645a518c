package dev.retain.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.cli.console.Console;
import dev.retain.cli.console.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NgramTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;

  @Test
  void theLastPartOfATextIsPredictedByTheFirst() throws IOException {
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "Once upon a time. ".repeat(100));
    int code = run("bench", "ngram", "--data", text.toString(), "--order", "1,5", "--json");
    assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
    Map<?, ?>[] lines =
        out.toString(StandardCharsets.UTF_8).lines().map(Json::read).toArray(Map[]::new);
    assertThat(lines).hasSize(2);
    assertThat(lines[0].get("order")).isEqualTo(1L);
    assertThat(lines[0].get("trained_bytes")).isEqualTo(1620L);
    assertThat(lines[0].get("bytes")).isEqualTo(179L);
    assertThat((double) lines[0].get("bits_per_byte")).isBetween(3.0, 3.6);
    assertThat((double) lines[1].get("bits_per_byte")).isBetween(0.0, 0.3);
  }

  @Test
  void ordersThatCannotBeCountedAreRefused() throws IOException {
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "Once upon a time.");
    assertThat(run("bench", "ngram", "--data", text.toString(), "--order", "9")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("--order must be from 1 to 8");
  }

  private int run(String... arguments) {
    Console console = new Console(utf8(out), utf8(err), false, false);
    return Main.run(console, arguments);
  }

  private static PrintStream utf8(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
