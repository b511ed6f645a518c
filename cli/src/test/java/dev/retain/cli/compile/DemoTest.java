package dev.retain.cli.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DemoTest {
  @Test
  void theFormsAgreeOnRealText() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    assertThat(new Demo(new Console(out, out, false, false), 1_000).call()).isZero();
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains(
            "retnet.jar", "recurrent", "parallel", "chunkwise", "The forms agree", "Wrote 200");
  }
}
