package dev.retain.benchmarks.contest;

import dev.retain.benchmarks.work.Rounds;
import dev.retain.runtime.RetainException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** A JVM that does a work whenever it is asked to: {@link Rounds}. */
final class Child implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 5;

  private final Contestant contestant;
  private final Path log;
  private final Process process;
  private final Writer in;
  private final BufferedReader out;
  private final Start start;

  /**
   * What it took to begin, in nanoseconds.
   *
   * @param making all that is done once, such as compiling
   * @param first the first run
   * @param amount how much one run does
   */
  record Start(double making, double first, double amount) {}

  /**
   * @param runs how many there were
   * @param median of their nanoseconds
   */
  record Round(int runs, double median, double least) {
    /** All of its runs, nearly. */
    double took() {
      return runs * median;
    }
  }

  /**
   * Starts it and waits until it has done its work once.
   *
   * @param log for what it writes beside its answers
   * @throws RetainException if it ends instead
   */
  Child(Contestant contestant, Path log) {
    this.contestant = contestant;
    this.log = log;
    try {
      Files.createDirectories(log.getParent());
      ProcessBuilder builder = new ProcessBuilder(contestant.command());
      builder.environment().putAll(contestant.environment());
      builder.redirectError(new File(log.toString()));
      this.process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.out = process.inputReader(StandardCharsets.UTF_8);
    String[] words = answer();
    this.start =
        new Start(
            Double.parseDouble(words[0]),
            Double.parseDouble(words[1]),
            Double.parseDouble(words[2]));
  }

  Contestant contestant() {
    return contestant;
  }

  Start start() {
    return start;
  }

  Round round(int milliseconds) {
    ask(Rounds.ROUND + " " + milliseconds);
    String[] words = answer();
    return new Round(
        Integer.parseInt(words[0]), Double.parseDouble(words[1]), Double.parseDouble(words[2]));
  }

  double[] sample() {
    ask(Rounds.SAMPLE);
    return Arrays.stream(answer())
        .filter(word -> !word.isEmpty())
        .mapToDouble(Double::parseDouble)
        .toArray();
  }

  private void ask(String question) {
    try {
      in.write(question);
      in.write('\n');
      in.flush();
    } catch (IOException e) {
      throw failed();
    }
  }

  private String[] answer() {
    try {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(Rounds.MARK)) {
          return line.substring(Rounds.MARK.length()).split(" ");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw failed();
  }

  private RetainException failed() {
    close();
    String last;
    try {
      last =
          Files.readAllLines(log).stream()
              .filter(line -> line.contains("Exception") || line.contains("Error"))
              .findFirst()
              .orElse("no message");
    } catch (IOException e) {
      last = e.toString();
    }
    return new RetainException(contestant.name() + " ended: " + last + "; see " + log);
  }

  /** Ends the JVM. */
  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException goneAlready) {
      process.destroy();
    }
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
