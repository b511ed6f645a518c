package dev.retain.compiler.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.CompiledRecurrence;
import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.interpreter.Results;
import dev.retain.runtime.RecurrenceRun;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random recurrences: the kernels of every form, in float64, against the steps as they are written,
 * interpreted over ND4J. {@code -Dretain.fuzz=10000} tries so many, {@code -Dretain.fuzz.from=N}
 * from that seed on.
 */
class RecurrenceFuzzTest {
  private static final double TOLERANCE = 1e-10;

  /** How many forms of how many recurrences have been compared. */
  private int forms;

  private int refused;

  @Test
  void formsOfRandomRecurrencesAgree() {
    long from = Long.getLong("retain.fuzz.from", 0);
    int count = Integer.getInteger("retain.fuzz", 150);
    for (long seed = from; seed < from + count; seed++) {
      check(seed);
      if ((seed - from + 1) % 500 == 0) {
        System.out.printf(
            "%d recurrences, %d of them without block forms, %d forms compared%n",
            seed - from + 1, refused, forms);
      }
    }
    assertThat(forms).isGreaterThan(2 * count);
    assertThat(refused).isLessThan(count / 2);
  }

  /** Seeds that once failed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 20, 28, 133, 3386})
  void oldFailures(long seed) {
    check(seed);
  }

  private void check(long seed) {
    RandomRecurrence recurrence = RandomRecurrence.of(seed);
    try {
      check(new RandomCase(seed, recurrence));
    } catch (CompileException e) {
      // Not every combination has block forms; the recurrent one exists always.
      assertThat(e.diagnostics())
          .as("seed %d%n%s%n%s", seed, recurrence.text(), e.getMessage())
          .allMatch(d -> d.code() == Code.NO_SUCH_FORM_YET || d.code() == Code.NOT_LINEAR);
      refused++;
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + "\n" + recurrence.text(), e);
    }
  }

  private void check(RandomCase random) {
    Results expected = random.interpreted(random.inputs(), random.states());
    int time = random.time();
    compare(random, Form.RECURRENT, 1, random.recurrent(), expected);
    compare(random, Form.PARALLEL, time, random.compile(Form.PARALLEL), expected);
    CompiledRecurrence chunkwise = random.compile(Form.CHUNKWISE);
    compare(random, Form.CHUNKWISE, 1 + random.random().nextInt(time), chunkwise, expected);
    compare(random, Form.CHUNKWISE, 1 + random.random().nextInt(4), chunkwise, expected);
  }

  private void compare(
      RandomCase random, Form form, int chunk, CompiledRecurrence compiled, Results expected) {
    int time = random.time();
    RecurrenceRun.Result result =
        new RecurrenceRun(
                compiled.compiled().description(),
                random.inputs(false),
                compiled.compiled().kernels().get(RandomCase.WIDTH),
                Engine.shared())
            .run(
                form,
                chunk,
                random.inputs(true),
                compiled.asKept(random.inputs(), random.states()),
                random.batch(),
                time);
    String place = form + ", chunk " + chunk + " of " + time;
    same(place, result.output(), NativeTensor.of(expected.output().dup('c')), TOLERANCE);
    Map<String, NativeTensor> after = compiled.asWritten(random.inputs(), result.states(), time);
    expected
        .nextStates()
        .forEach((path, array) ->
            same(place + ", " + path, after.get(path), NativeTensor.of(array.dup('c')), TOLERANCE));
    forms++;
  }

  static void same(String place, NativeTensor actual, NativeTensor expected, double tolerance) {
    double scale = 1;
    for (long i = 0; i < expected.size(); i++) {
      scale = Math.max(scale, Math.abs(expected.getDouble(i)));
    }
    for (long i = 0; i < expected.size(); i++) {
      double difference = Math.abs(actual.getDouble(i) - expected.getDouble(i)) / scale;
      if (!(difference <= tolerance)) {
        throw new AssertionError(
            "%s: element %d is %s, and should be %s"
                .formatted(place, i, actual.getDouble(i), expected.getDouble(i)));
      }
    }
  }
}
