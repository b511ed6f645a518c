package dev.retain.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteTokenizerTest {
  private final ByteTokenizer tokenizer = new ByteTokenizer();

  @Test
  void anIdIsAByte() {
    assertThat(tokenizer.vocabularySize()).isEqualTo(256);
    assertThat(tokenizer.encode("aé€")).containsExactly(0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac);
    assertThat(tokenizer.encode("")).isEmpty();
    for (int token = 0; token < 256; token++) {
      assertThat(tokenizer.bytes(token)).containsExactly(token);
    }
  }

  @Test
  void refusesWhatIsNoTextAndWhatIsNoByte() {
    assertThatThrownBy(() -> tokenizer.encode("a\ud83d"))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("half a character");
    assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.bytes(256));
    assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.bytes(-1));
  }

  @Test
  void textComesOutAsSoonAsItsCharactersAreWhole() {
    StreamingDecoder decoder = new StreamingDecoder(tokenizer);
    StringBuilder pieces = new StringBuilder();
    for (int token : tokenizer.encode("né 🙂!")) {
      pieces.append(decoder.next(token)).append('|');
    }
    assertThat(pieces).hasToString("n||é| ||||🙂|!|");
    assertThat(decoder.finish().toString()).isEmpty();
  }

  @Test
  void bytesThatAreNoTextAreReplaced() {
    StreamingDecoder decoder = new StreamingDecoder(tokenizer);
    assertThat(decoder.next(0xff).toString()).isEqualTo("\ufffd");
    assertThat(decoder.next(0xe2).toString()).isEmpty();
    assertThat(decoder.next('a').toString()).isEqualTo("\ufffda");
    assertThat(decoder.next(0xe2).toString()).isEmpty();
    assertThat(decoder.finish().toString()).isEqualTo("\ufffd");
    assertThat(decoder.next('b').toString()).isEqualTo("b");
  }
}
