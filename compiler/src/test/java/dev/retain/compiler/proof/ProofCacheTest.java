package dev.retain.compiler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProofCacheTest {
  @TempDir Path folder;

  static Stream<Verdict> verdicts() {
    return Stream.of(
        new Verdict.Proved(
            new Scope(
                Scope.Argument.CHUNKS,
                9,
                3,
                List.of(Map.of("K", 4, "V", 3), Map.of()),
                2,
                54,
                List.of("not where an input is 0"))),
        new Verdict.Refuted(
            new Witness(
                3,
                2,
                ".r-",
                true,
                2,
                Optional.of("S"),
                List.of(0, 1),
                "0.5",
                "1E+2",
                1e-48,
                Map.of("k[1]", "[0, 1]"),
                List.of("k[1]"),
                Map.of("K", 2))),
        new Verdict.Undecided("no difference", List.of("sqrt", "abs")));
  }

  private Verdict ask(Claim claim, Verdict found, AtomicInteger asked) {
    return ProofCache.in(folder)
        .verdict(
            claim,
            () -> {
              asked.incrementAndGet();
              return found;
            });
  }

  @ParameterizedTest
  @MethodSource("verdicts")
  void whatIsKnownIsNotAskedAgain(Verdict verdict) {
    AtomicInteger asked = new AtomicInteger();
    assertThat(ask(Claims.right(), verdict, asked)).isEqualTo(verdict);
    assertThat(ask(Claims.right(), verdict, asked)).isEqualTo(verdict);
    assertThat(asked).hasValue(1);
  }

  @ParameterizedTest
  @MethodSource("verdicts")
  void anEntryThatIsDamagedAnywhereIsNone(Verdict verdict) throws IOException {
    AtomicInteger asked = new AtomicInteger();
    ask(Claims.right(), verdict, asked);
    Path entry;
    try (Stream<Path> files = Files.list(folder)) {
      entry = files.findFirst().orElseThrow();
    }
    String text = Files.readString(entry);
    int expected = 1;
    for (int i = 0; i < text.length(); i += 7) {
      Files.writeString(entry, text.substring(0, i) + "#" + text.substring(i + 1));
      assertThat(ask(Claims.right(), verdict, asked)).isEqualTo(verdict);
      assertThat(asked).hasValue(++expected);
      Files.writeString(entry, text.substring(0, i));
      assertThat(ask(Claims.right(), verdict, asked)).isEqualTo(verdict);
      assertThat(asked).hasValue(++expected);
    }
    assertThat(entry).content().isEqualTo(text);
  }

  @Test
  void anotherFormIsAnotherClaim() {
    AtomicInteger asked = new AtomicInteger();
    Verdict verdict = new Verdict.Undecided("", List.of());
    ask(Claims.right(), verdict, asked);
    ask(Claims.wrong(), verdict, asked);
    assertThat(asked).hasValue(2);
  }

  @Test
  void whereNothingCanBeWrittenEverythingIsDecidedAnew() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    AtomicInteger asked = new AtomicInteger();
    Verdict verdict = new Verdict.Undecided("", List.of());
    for (int i = 0; i < 2; i++) {
      assertThat(
              ProofCache.in(file)
                  .verdict(
                      Claims.right(),
                      () -> {
                        asked.incrementAndGet();
                        return verdict;
                      }))
          .isEqualTo(verdict);
    }
    assertThat(asked).hasValue(2);
  }
}
