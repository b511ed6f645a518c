package dev.retain.benchmarks.ngram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.runtime.training.data.Corpus;
import dev.retain.runtime.training.data.CorpusBuilder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KneserNeyTest {
  private static final double EXACT = 1e-12;

  @Test
  void aSmallCaseIsWhatOneComputesByHand() {
    // Pairs: ab twice, ba once. Left of a: b and the start; left of b: a. Discounts 0.5, 1, 1.5.
    KneserNey model = KneserNey.of(corpus("abab"), 2);
    double a = (2 - 1) / 3.0 + 0.5 / 256;
    double b = (1 - 0.5) / 3.0 + 0.5 / 256;
    assertThat(model.probability(0, 0, 'a')).isEqualTo(a, within(EXACT));
    assertThat(model.probability('a', 1, 'b')).isEqualTo((2 - 1) / 2.0 + 0.5 * b, within(EXACT));
    assertThat(model.probability('b', 1, 'a')).isEqualTo(0.5 + 0.5 * a, within(EXACT));
    assertThat(model.probability('a', 1, 'x')).isEqualTo(0.5 * 0.5 / 256, within(EXACT));
    assertThat(model.probability('x', 1, 'a')).isEqualTo(a, within(EXACT));

    double bits = -(Math.log(0.5 + 0.5 * b) + Math.log(0.25 / 256)) / Math.log(2) / 2;
    Corpus heldOut = corpus("ab", "ax");
    assertThat(model.bitsPerByte(heldOut)).isEqualTo(bits, within(EXACT));
  }

  @Test
  void discountsFollowFromHowManySequencesAreRare() {
    // 4 sequences seen once, 2 twice, 1 three times, 1 four times: y = 4 / (4 + 2 * 2) = 0.5.
    Discounts discounts = Discounts.of(new int[] {1, 1, 1, 1, 2, 2, 3, 4, 9});
    assertThat(discounts.off(1)).isEqualTo(1 - 2 * 0.5 * 2 / 4, within(EXACT));
    assertThat(discounts.off(2)).isEqualTo(2 - 3 * 0.5 * 1 / 2, within(EXACT));
    assertThat(discounts.off(3)).isEqualTo(3 - 4 * 0.5 * 1 / 1, within(EXACT));
    assertThat(discounts.off(70)).isEqualTo(discounts.off(3));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 8})
  void allBytesTogetherAreCertain(int order) {
    Random random = new Random(order);
    KneserNey model = KneserNey.of(corpus(text(random, 3000), text(random, 500), "x"), order);
    String unseen = text(random, 300);
    for (int end = 0; end < unseen.length(); end++) {
      // Of some contexts only the last bytes were seen, of others nothing.
      long history = end % 7 == 0 ? random.nextLong() : history(unseen, end);
      double sum = 0;
      for (int next = 0; next < 256; next++) {
        double probability = model.probability(history, end, next);
        assertThat(probability).isPositive();
        sum += probability;
      }
      assertThat(sum).isEqualTo(1, within(EXACT));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void itIsWhatTheFormulasSay(int order) {
    Random random = new Random(31 + order);
    String first = text(random, 2000);
    String second = text(random, 800);
    KneserNey model = KneserNey.of(corpus(first, second), order);
    Formulas formulas = new Formulas(order, first, second);
    String other = text(random, 200);
    for (int end = 0; end < other.length(); end++) {
      double expected = formulas.probability(other.substring(0, end), other.charAt(end));
      assertThat(model.probability(history(other, end), end, other.charAt(end)))
          .isEqualTo(expected, within(EXACT));
    }
  }

  @Test
  void moreContextPredictsBetter() {
    Random random = new Random(5);
    Corpus train = corpus(text(random, 20_000));
    Corpus heldOut = corpus(text(random, 2_000));
    double one = KneserNey.of(train, 1).bitsPerByte(heldOut);
    double three = KneserNey.of(train, 3).bitsPerByte(heldOut);
    assertThat(three).isLessThan(one - 0.5);
  }

  /** Words of four letters, some of which are not ASCII, so that bytes above 127 occur. */
  private static String text(Random random, int length) {
    String[] words = {"tone ", "note ", "on ", "ten\u00e9 ", "net\u00ff", "to "};
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append(words[random.nextInt(words.length)]);
      if (random.nextInt(20) == 0) {
        text.append((char) random.nextInt(256));
      }
    }
    return text.substring(0, length);
  }

  private static long history(String text, int end) {
    long history = 0;
    for (int i = Math.max(0, end - 8); i < end; i++) {
      history = history << 8 | text.charAt(i);
    }
    return history;
  }

  private static Corpus corpus(String... documents) {
    CorpusBuilder corpus = new CorpusBuilder(256);
    for (String document : documents) {
      corpus.startDocument();
      for (byte one : document.getBytes(StandardCharsets.ISO_8859_1)) {
        corpus.add(one & 0xff);
      }
    }
    return corpus.build();
  }

  /** The textbook's sums over sets of strings, as slow as they are plain. */
  private static final class Formulas {
    private final int order;
    private final Map<String, Integer> counts = new HashMap<>();

    Formulas(int order, String... documents) {
      this.order = order;
      Map<String, Set<String>> left = new HashMap<>();
      for (String document : documents) {
        for (int end = 1; end <= document.length(); end++) {
          for (int length = 1; length <= Math.min(order, end); length++) {
            String sequence = document.substring(end - length, end);
            if (length == order) {
              counts.merge(sequence, 1, Integer::sum);
            } else {
              String before = end == length ? "start" : document.substring(end - length - 1, end);
              left.computeIfAbsent(sequence, _ -> new HashSet<>()).add(before);
            }
          }
        }
      }
      left.forEach((sequence, ways) -> counts.put(sequence, ways.size()));
    }

    double probability(String before, char next) {
      return probability(before.substring(Math.max(0, before.length() - order + 1)) + next);
    }

    private double probability(String sequence) {
      if (sequence.isEmpty()) {
        return 1.0 / 256;
      }
      String context = sequence.substring(0, sequence.length() - 1);
      double shorter = probability(sequence.substring(1));
      Discounts discounts =
          Discounts.of(
              counts.entrySet().stream()
                  .filter(entry -> entry.getKey().length() == sequence.length())
                  .mapToInt(Map.Entry::getValue)
                  .toArray());
      int total = 0;
      double left = 0;
      for (char next = 0; next < 256; next++) {
        int count = counts.getOrDefault(context + next, 0);
        total += count;
        left += count == 0 ? 0 : discounts.off(count);
      }
      if (total == 0) {
        return shorter;
      }
      int count = counts.getOrDefault(sequence, 0);
      double seen = count == 0 ? 0 : count - discounts.off(count);
      return (seen + left * shorter) / total;
    }
  }
}
