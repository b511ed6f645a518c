package dev.retain.compiler.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.CompileException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gradients of random recurrences in every form, in float64. {@code -Dretain.fuzz.gradients=10000}
 * tries so many, {@code -Dretain.fuzz.from=N} from that seed on.
 */
class GradientFuzzTest {
  /** How many forms of how many recurrences have been compared. */
  private int forms;

  @Test
  void gradientsOfRandomRecurrencesAgree() {
    long from = Long.getLong("retain.fuzz.from", 0);
    int count = Integer.getInteger("retain.fuzz.gradients", 25);
    for (long seed = from; seed < from + count; seed++) {
      check(seed, RandomRecurrence.of(seed));
      if ((seed - from + 1) % 100 == 0) {
        System.out.printf("%d recurrences, gradients of %d forms%n", seed - from + 1, forms);
      }
    }
    assertThat(forms).isGreaterThan(2 * count);
  }

  /** Seeds that once failed. */
  @ParameterizedTest
  @ValueSource(longs = 380)
  void oldFailures(long seed) {
    check(seed, RandomRecurrence.of(seed));
  }

  static Stream<Arguments> kinds() {
    return Stream.of(false, true)
        .flatMap(ofRatios ->
            (ofRatios ? RecurrencesByKind.ratios() : RecurrencesByKind.plain())
                .entrySet().stream()
                    .map(kind -> Arguments.of(kind.getKey(), kind.getValue(), ofRatios)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void gradientsOfEachKindAgree(String name, String lines, boolean ofRatios) {
    RandomRecurrence recurrence = RecurrencesByKind.of(lines);
    for (long seed = 0; seed < 2; seed++) {
      assertThat(new RandomGradients(new RandomCase(seed, recurrence, ofRatios)).check())
          .isEqualTo(4);
    }
  }

  private void check(long seed, RandomRecurrence recurrence) {
    try {
      forms += new RandomGradients(new RandomCase(seed, recurrence)).check();
    } catch (CompileException e) {
      // Not every combination has block forms; the recurrent one exists always.
      assertThat(e.diagnostics())
          .as("seed %d%n%s%n%s", seed, recurrence.text(), e.getMessage())
          .allMatch(d -> d.code() == Code.NO_SUCH_FORM_YET || d.code() == Code.NOT_LINEAR);
      forms++;
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + "\n" + recurrence.text(), e);
    }
  }
}
