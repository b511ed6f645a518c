package dev.retain.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.text.ByteTokenizer;
import dev.retain.runtime.text.StreamingDecoder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TypingTest {
  private static final String TEXT = "ä\tb\n\u001b[2Jc\r\u0007\u009b";

  @Test
  void aTerminalIsNeverCommanded() {
    assertThat(shown(true)).isEqualTo("ä\tb\n\\x1b[2Jc\\x0d\\x07\\x9b" + System.lineSeparator());
  }

  @Test
  void aFileGetsEveryCharacterAsItIs() {
    assertThat(shown(false)).isEqualTo(TEXT + System.lineSeparator());
  }

  private static String shown(boolean escaping) {
    ByteTokenizer tokenizer = new ByteTokenizer();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Typing typing = new Typing(out, escaping, new StreamingDecoder(tokenizer), true);
    for (int token : tokenizer.encode(TEXT)) {
      assertThat(typing.show(token)).isTrue();
    }
    typing.finish();
    assertThat(typing.text()).isEqualTo(TEXT);
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
