package dev.retain.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.cli.Outcome;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.generation.Sampler;
import dev.retain.runtime.generation.Sampling;
import dev.retain.runtime.progress.Progress;
import dev.retain.runtime.text.ByteTokenizer;
import dev.retain.runtime.text.StreamingDecoder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a token takes of the Java heap once the JVM's compiler is through: also with a kernel that
 * it has compiled badly at first, which is noticed after some seconds and loaded again.
 */
class AllocationTest {
  private static final int STEPS_OF_WINDOW = 500;
  private static final int MOST_TOKENS = 20_000_000;

  @TempDir private static Path folder;
  private static Path jar;

  @BeforeAll
  static void compile() {
    jar = folder.resolve("small.jar");
    Outcome.of("compile", Outcome.small(), "-o", jar, "--seed", "3").isFine();
  }

  static Stream<Arguments> samplings() {
    return Stream.of(
        Arguments.of("the likeliest", Sampling.greedy()),
        Arguments.of("among all", new Sampling(0.8, 0, 1, 1)),
        Arguments.of("among the likeliest", new Sampling(0.8, 40, 0.9, 1)));
  }

  /** Chosen, shown and read, as {@code generate} does it. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("samplings")
  void aTokenThatIsWrittenTakesNothing(String name, Sampling sampling) {
    Allocations allocations = new Allocations();
    try (RetainModel model = RetainModel.open(jar)) {
      int vocabulary = model.description().vocabulary();
      PrintStream out = new PrintStream(allocations.asReader(), true, StandardCharsets.UTF_8);
      Typing typing = new Typing(out, true, new StreamingDecoder(new ByteTokenizer()), false);
      Writer.write(model, new int[] {'a'}, new Sampler(sampling, vocabulary), MOST_TOKENS, typing);
    }
    assertThat(allocations.least).isZero();
  }

  /** Read, counted and reported, as {@code score} does it, but for the lines of progress. */
  @Test
  void aTokenThatIsScoredTakesNothing() throws IOException {
    Path text = folder.resolve("long.txt");
    String sentence = "It is a truth universally acknowledged. ";
    Files.writeString(text, sentence.repeat(MOST_TOKENS / sentence.length()));
    Allocations allocations = new Allocations();
    try (RetainModel model = RetainModel.open(jar);
        TextWindows windows = new TextWindows(text, 512, model.description().vocabulary());
        Progress progress = Progress.onStandardError("score", "tokens", windows.predicted())) {
      Scorer.score(
          model,
          windows,
          "chunkwise",
          16,
          done -> {
            progress.update(done);
            allocations.step();
            if (allocations.least == 0) {
              throw new EnoughException();
            }
          });
    } catch (EnoughException e) {
      // As soon as it is known.
    }
    assertThat(allocations.least).isZero();
  }

  private static final class EnoughException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** What windows of steps took. */
  private static final class Allocations {
    private long steps;
    private long before;
    private long least = Long.MAX_VALUE;

    void step() {
      steps++;
      if (steps % STEPS_OF_WINDOW == 0 && least > 0) {
        long now = Engine.shared().allocatedBytes();
        least = steps == STEPS_OF_WINDOW ? least : Math.min(least, now - before);
        before = Engine.shared().allocatedBytes();
      }
    }

    /** Somebody who reads what is written, until it is known what that takes. */
    OutputStream asReader() {
      return new OutputStream() {
        @Override
        public void write(int b) {
          step();
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
          step();
          if (least == 0) {
            throw new IOException("enough");
          }
        }
      };
    }
  }
}
