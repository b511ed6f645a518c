package dev.retain.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.RetainException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What a program says when a command throws. */
class ProgramTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Command(name = "fail", description = "Fail.")
  private record Failing(Throwable failure, @Mixin CommonOptions common)
      implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      switch (failure) {
        case Error error -> throw error;
        case Exception exception -> throw exception;
        default -> throw new AssertionError(failure);
      }
    }
  }

  private int fail(Throwable failure, String... arguments) {
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new Program(
            "program",
            new Console(stream, stream, false, false),
            e -> e instanceof ArithmeticException ? Optional.of("sums") : Optional.empty())
        .with(new Failing(failure, new CommonOptions()), "")
        .run(arguments);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aMistakeOfTheUsersIsOneMessage() {
    assertThat(fail(new RetainException("no such thing"), "fail")).isEqualTo(1);
    assertThat(text()).isEqualTo("program: no such thing\n");
    bytes.reset();
    assertThat(fail(new ArithmeticException("x"), "fail")).isEqualTo(1);
    assertThat(text()).isEqualTo("sums\n");
  }

  @Test
  void tooLittleMemorySaysHowToGetMore() {
    assertThat(fail(new OutOfMemoryError("Java heap space"), "fail")).isEqualTo(1);
    assertThat(text()).contains("Java heap space", "-Xmx").doesNotContain("\tat ");
  }

  @Test
  void aBugLeavesItsStackTraceInAFile() throws IOException {
    for (Throwable bug :
        new Throwable[] {new IllegalStateException("odd"), new StackOverflowError()}) {
      bytes.reset();
      assertThat(fail(bug, "fail")).isEqualTo(3);
      assertThat(text()).contains("internal error", "report").doesNotContain("\tat ");
      Path file = Path.of(text().strip().substring(text().strip().lastIndexOf(' ') + 1));
      assertThat(file).content().contains(bug.getClass().getName(), "\tat ");
      Files.delete(file);
    }
  }

  @Test
  void debuggingShowsTheStackTrace() {
    assertThat(fail(new IllegalStateException("odd"), "fail", "--debug")).isEqualTo(3);
    assertThat(text()).contains("internal error", "\tat ");
    bytes.reset();
    assertThat(fail(new RetainException("no such thing"), "--debug", "fail")).isEqualTo(1);
    assertThat(text()).contains("program: no such thing", "\tat ");
    bytes.reset();
    assertThat(fail(new StackOverflowError(), "fail", "--debug")).isEqualTo(3);
    assertThat(text()).contains("StackOverflowError", "\tat ");
  }
}
