package dev.retain.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BenchTest {
  @Test
  void anUnknownGroupIsRefusedWithTheKnownOnes() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream messages = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(messages, messages, false, false);
    assertThat(Main.run(console, "bench", "--only", "products,cats")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains(
            "--only knows limits, cores, gradients, steps, products, reading, decoding, positions,"
                + " training, growth, and not 'cats'");
  }
}
